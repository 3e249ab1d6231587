"""A server on loopback that speaks the OpenAI protocol and answers from recordings.

``python -m evals.recordings.server`` prints the address for STEWARD_MODEL__BASE_URL and serves until it is ended. A
prompt without a recording gets status 404 with its digest, and is kept as missing, so that somebody can reply to it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Literal, get_args

from evals.recordings.recorded import (
    FOLDER,
    Message,
    Missing,
    Recorded,
    add_missing,
    digest_of,
    load_recordings,
    step_of,
    with_control,
)

Fault = Literal["none", "429", "500", "silence", "cut", "half", "rubbish", "empty"]
"""What goes wrong: a status, no reply, a connection closed halfway, half a reply, one of no sense, or of no words."""
PIECE = 24
"""Characters of a streamed piece."""
RUBBISH = "🤖 [[[ ::: ]]] {"


@dataclass
class ReplayServer:
    """Serves recordings while it is open, as a context manager."""

    recordings: Mapping[str, Recorded]
    fault: Fault = "none"
    delay_s: float = 0.0
    """Wait before each piece."""
    case: str = ""
    """The question that is being asked; of its prompts only the first that is missing is kept."""
    missing: list[Missing] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Digests, as they were asked for."""

    def __enter__(self) -> ReplayServer:
        """Serve in a thread of its own."""
        self._lock = Lock()
        self._closed = Event()
        self._http = _Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let go of whoever still waits."""
        self._closed.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def address(self) -> str:
        """For STEWARD_MODEL__BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def reply_to(self, messages: list[Message]) -> str | None:
        """Return the recorded reply to a prompt; None, and keep the prompt, where there is none."""
        digest = digest_of(messages)
        with self._lock:
            self.asked.append(digest)
            if digest in self.recordings:
                return with_control(self.recordings[digest].reply, messages)
            is_first = not any(row.case == self.case for row in self.missing) or not self.case
            if is_first and all(row.digest != digest for row in self.missing):
                step, version = step_of(messages)
                plain = tuple({"role": item["role"], "content": item["content"]} for item in messages)
                self.missing.append(Missing(digest=digest, step=step, version=version, case=self.case, messages=plain))
            return None

    def wait(self, seconds: float) -> None:
        """Wait, or until the server is closed."""
        self._closed.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], replay: ReplayServer) -> None:
        super().__init__(address, _Handler)
        self.replay = replay

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has left."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""

    def do_POST(self) -> None:
        replay = self.server.replay
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path.rstrip("/") != "/v1/chat/completions":
            return self._refuse(404, f"there is no {self.path} here")
        messages = body["messages"]
        if replay.fault == "silence":
            replay.wait(600)
            self.close_connection = True
            return None
        if replay.fault in ("429", "500"):
            return self._refuse(int(replay.fault), "a fault on demand")
        words = replay.reply_to(messages)
        if words is None:
            return self._refuse(
                404, f"no recording of the prompt {digest_of(messages)}: see evals/recordings/README.md"
            )
        words = {"half": words[: len(words) // 2], "rubbish": RUBBISH, "empty": ""}.get(replay.fault, words)
        counts = {"prompt_tokens": _tokens("".join(item["content"] for item in messages))}
        counts |= {"completion_tokens": _tokens(words)}
        counts |= {"total_tokens": sum(counts.values())}
        head = {"id": "replay", "created": 0, "model": body.get("model", "")}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
            return self._send(200, head | {"object": "chat.completion", "choices": [choice], "usage": counts})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(ConnectionError):
            for event in self._events(words, head, counts):
                self._write(f"data: {event}\n\n".encode())
            if replay.fault == "cut":
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")
        return None

    def _events(self, words: str, head: Mapping[str, Any], counts: Mapping[str, int]) -> Iterator[str]:
        replay = self.server.replay
        head = {**head, "object": "chat.completion.chunk"}
        pieces = [words[start:end] for start, end in pairwise([*range(0, len(words), PIECE), len(words)])]
        for number, piece in enumerate(pieces):
            replay.wait(replay.delay_s)
            if replay.fault == "cut" and number >= len(pieces) // 2:
                return
            choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
            yield json.dumps({**head, "choices": [choice]})
        yield json.dumps({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield json.dumps({**head, "choices": [], "usage": counts})
        yield "[DONE]"

    def _write(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _refuse(self, status: int, why: str) -> None:
        self._send(status, {"error": {"message": why, "type": "replay", "code": status}})

    def _send(self, status: int, content: Mapping[str, Any]) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _tokens(words: str) -> int:
    """Return about how many tokens English words take."""
    return len(words) // 4


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--recordings", type=Path, default=FOLDER, help="folder of the recordings")
    parser.add_argument("--fault", choices=get_args(Fault), default="none", help="what goes wrong with every reply")
    parser.add_argument("--delay", type=float, default=0.0, help="wait before each piece of a reply, in seconds")
    given = parser.parse_args()
    with (
        ReplayServer(load_recordings(given.recordings), given.fault, given.delay) as server,
        suppress(KeyboardInterrupt),
    ):
        print(server.address, flush=True)
        kept = 0
        while True:
            time.sleep(0.5)
            add_missing(server.missing[kept:])
            kept = len(server.missing)


if __name__ == "__main__":
    main()
