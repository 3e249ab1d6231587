"""Ends the app in order: what is being answered is finished, nothing new is begun."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

from assistant.web.api.endpoints import Blocks

ANSWERS_S = 30.0
"""How long answers that were begun may take."""
_THREADS_S = 2.0
"""How long work without a reader may take after that."""


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Have SIGTERM end what stands within as Ctrl-C does, and neither of them be a failure.

    Work that is still going on then, for a reader who has gone, is given up.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        _leave()
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def served_until_ended(blocks: Blocks) -> Iterator[None]:
    """Run the block, serve until a signal comes, then finish what is being answered.

    A second signal ends it at once.
    """
    try:
        yield
        while blocks.is_running:
            time.sleep(0.1)
    finally:
        blocks.traffic.ending = True
        try:
            _wait_for_answers(blocks)
        finally:
            _close(blocks)


def _wait_for_answers(blocks: Blocks) -> None:
    until, queue = time.monotonic() + ANSWERS_S, blocks._queue
    # What waits or runs, and whoever takes what has come of it.
    while (len(queue) or any(queue.active_jobs) or blocks.traffic.running) and time.monotonic() < until:
        time.sleep(0.05)


def _close(blocks: Blocks) -> None:
    # Streams that programs hold open end by it, those of MCP among them.
    blocks.server.handle_exit(signal.SIGTERM, None)
    blocks.close(verbose=False)


def _leave() -> None:
    """End the process if a thread would hold it up."""
    until = time.monotonic() + _THREADS_S
    for thread in threading.enumerate():
        if thread is threading.current_thread() or thread.daemon:
            continue
        thread.join(max(until - time.monotonic(), 0))
        if thread.is_alive():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
