"""Stop the app cleanly: finish running answers, start nothing new."""

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
"""Time for running answers to finish."""
_THREADS_S = 2.0
"""Time after that for work whose reader has left."""


@contextlib.contextmanager
def orderly_shutdown() -> Iterator[None]:
    """Have SIGTERM end the block as Ctrl-C does, both without an error.

    Work still running for a reader who has left is abandoned.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        _leave()
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def serve_until_stopped(blocks: Blocks) -> Iterator[None]:
    """Run the block, serve until a signal comes, then finish running answers; a second signal stops at once."""
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
    # Queued and running events, and requests that fetch their results.
    while (len(queue) or any(queue.active_jobs) or blocks.traffic.running) and time.monotonic() < until:
        time.sleep(0.05)


def _close(blocks: Blocks) -> None:
    # This ends streams that programs hold open, including MCP's.
    blocks.server.handle_exit(signal.SIGTERM, None)
    blocks.close(verbose=False)


def _leave() -> None:
    """End the process if a thread would keep it alive."""
    until = time.monotonic() + _THREADS_S
    for thread in threading.enumerate():
        if thread is threading.current_thread() or thread.daemon:
            continue
        thread.join(max(until - time.monotonic(), 0))
        if thread.is_alive():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
