"""Prints how fast the web app starts and answers, and what memory it takes, beside the bars set for it.

    python -m evals.benchmarks.web [--questions 100] [--users 20] [--think 1] [--starts 3] [--browser-questions 30]

Run it in the project's folder with the index built (about three minutes on 2 cores). The app is a process of its own,
``steward serve`` over the shipped library, asked as the page asks it: the event is put into Gradio's queue and its
messages are read as they come. A message that holds a quote is the evidence; an answer without any counts when it is
done. Questions are those of the dev split, five to a conversation with a session of its own. Users at once ask one
after the other, each different ones, and think before each for ``--think`` seconds on average (drawn evenly from none
to twice that), then once more without a thought.

Start is from the start of the process to the evidence of a question asked as soon as the app takes one. Memory is what
the app's processes hold of their own (Linux's PSS). In the browser the time runs from the key Enter to the first frame
that shows a quote, in a fresh page each; without Playwright or Chromium that row is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from evals.calibration.dev import dev_questions

EVENTS = ("respond", "ask")
"""Names of the event that asks, the first one that the app has."""
QUESTION_LABEL = "Your question"
QUOTE = "<blockquote"
TURNS = 5
"""Questions of one conversation."""
UNLIMITED = {f"STEWARD_WEB__{name}_PER_MINUTE": "1000000" for name in ("QUESTIONS", "REQUESTS")}
"""All users come from one address, without cookies."""
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# Times a question from the key to the first frame in which a quote takes up room.
WATCH = """() => {
  const shown = () => [...document.querySelectorAll('blockquote')].some(quote => quote.offsetHeight);
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    const pressed = performance.now();
    const observer = new MutationObserver(() => {
      if (!shown()) return;
      observer.disconnect();
      requestAnimationFrame(() => { window.evidenceAfter = performance.now() - pressed; });
    });
    observer.observe(document.body, {childList: true, subtree: true, attributes: true});
  }, true);
}"""


@dataclass(frozen=True)
class Page:
    """How the page asks: the numbers of its events, and what it sends beside the question."""

    port: int
    opening: tuple[int, ...]
    """Events that run as the page is opened, which take nothing."""
    asking: int
    following: tuple[int, ...]
    """Events that run once the answer is there."""
    defaults: dict[int, tuple[Any, ...]]
    """What each event takes at first, by its number."""
    question: int
    """Where the question stands among what the asking event takes."""


def main(argv: Sequence[str] | None = None) -> None:
    """Start the app, ask it in each way, print one table."""
    options = _options(argv)
    questions = [item.question for item in dev_questions() if item.followup_of is None]
    asked = questions[: options.questions]
    table = Table("measure", "bar", "p50", "p95", "most", "n")
    before = os.getloadavg()[0]
    starts = [_start(asked[0]) for _ in range(options.starts)]
    _row(table, "start to the first answer, s", "≤ 6", [seconds for seconds, _ in starts])
    _row(table, "CPU time of that, s", "", [seconds for _, seconds in starts])
    with _app() as (port, process):
        page = _wait(port)
        Conversation(page).ask(asked[0])
        _row(table, "memory after the first answer, MB", "≤ 1500", [_memory(process.pid)])
        _row(table, "evidence, 1 user, ms", "p50 ≤ 150, p95 ≤ 400", [1000 * one for one in _converse(page, asked)])
        for think in dict.fromkeys((options.think, 0.0)):
            named = f"evidence, {options.users} users, {f'{think:g} s' if think else 'no'} thought, ms"
            times = _crowd(page, asked, options.users, think)
            _row(table, named, "p95 ≤ 1500", [1000 * seconds for seconds in times])
        _row(table, "memory after that, MB", "≤ 1500", [_memory(process.pid)])
        shown = _browse(port, questions[: options.browser_questions])
        if shown:
            _row(table, "Enter to evidence in a browser, ms", "≤ 300", shown)
    after = os.getloadavg()[0]
    print(f"{os.cpu_count()} CPUs, {_cpu()}; load before {before:.1f}, after {after:.1f}")
    Console(width=110).print(table)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.web", description=__doc__.split("\n\n")[0])
    parser.add_argument("--questions", type=int, default=100, help="questions asked in each way (default 100)")
    parser.add_argument("--users", type=int, default=20, help="readers at once (default 20)")
    parser.add_argument("--think", type=float, default=1.0, help="seconds they think on average (default 1)")
    parser.add_argument("--starts", type=int, default=3, help="how often the app is started (default 3)")
    parser.add_argument("--browser-questions", type=int, default=30, help="asked in a browser (default 30; 0 for none)")
    return parser.parse_args(argv)


@contextlib.contextmanager
def _app() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The app on a free port, in a process of its own that is ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)],
        env=os.environ | UNLIMITED | {"STEWARD_FETCHING__AT_START": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _start(question: str) -> tuple[float, float]:
    """Seconds to the first answer, and the CPU seconds of the app, which others on the machine hardly change."""
    started = time.perf_counter()
    with _app() as (port, process):
        Conversation(_wait(port)).ask(question)
        spent = psutil.Process(process.pid).cpu_times()
        return time.perf_counter() - started, spent.user + spent.system


def _wait(port: int) -> Page:
    """The page, as soon as the app gives it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as app:
            app.request("GET", "/config")
            return _page(port, json.load(app.getresponse()))
        time.sleep(0.02)
    raise SystemExit("The app did not answer within two minutes; see what `steward serve` says.")


def _page(port: int, config: dict[str, Any]) -> Page:
    """The events of Gradio's configuration, whatever they take."""
    components = {item["id"]: item["props"] for item in config["components"]}
    events = {item["id"]: item for item in config["dependencies"]}
    named = {item["api_name"]: item for item in events.values()}
    asking = next(named[name] for name in EVENTS if name in named)
    on_server = [item for item in events.values() if item["backend_fn"]]
    return Page(
        port,
        tuple(item["id"] for item in on_server if any(event == "load" for _, event in item["targets"])),
        asking["id"],
        tuple(item["id"] for item in on_server if item["trigger_after"] == asking["id"]),
        {item["id"]: tuple(components[id_].get("value") for id_ in item["inputs"]) for item in on_server},
        [components[id_].get("label") for id_ in asking["inputs"]].index(QUESTION_LABEL),
    )


class Conversation:
    """A page that was opened, with a session of its own."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = uuid.uuid4().hex
        for event in page.opening:
            self._run(event, page.defaults[event])

    def ask(self, question: str) -> float:
        """Seconds until the evidence of a question."""
        page = self._page
        given = [*page.defaults[page.asking]]
        given[page.question] = question
        seconds = self._run(page.asking, given)
        for event in page.following:
            self._run(event, page.defaults[event])
        return seconds

    def _run(self, event: int, given: Sequence[Any]) -> float:
        """Seconds until the first message with a quote, or where none has one until the event is done."""
        body = json.dumps({"data": given, "fn_index": event, "session_hash": self._session})
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._page.port, timeout=120)) as app:
            app.connect()
            started = time.perf_counter()
            app.request("POST", "/gradio_api/queue/join", body, {"Content-Type": "application/json"})
            app.getresponse().read()
            app.request("GET", f"/gradio_api/queue/data?session_hash={self._session}")
            evidence = None
            for line in app.getresponse():
                if not line.startswith(b"data:"):
                    continue
                message = json.loads(line[5:])
                done = message["msg"] == "process_completed"
                if done and not message["success"]:
                    raise SystemExit(f"The app failed at {given}: {message['output']}")
                if evidence is None and (done or QUOTE in json.dumps(message.get("output"))):
                    evidence = time.perf_counter() - started
                if done:
                    break
            if evidence is None:
                raise SystemExit(f"The app ended the answer to {given} before it was done.")
            return evidence


def _converse(page: Page, questions: Sequence[str], think: float = 0.0, seed: int = 0) -> Iterator[float]:
    """Seconds until the evidence of each question, asked one after the other in conversations of a few."""
    pauses = random.Random(seed)
    for turn, question in enumerate(questions):
        if turn % TURNS == 0:
            conversation = Conversation(page)
        time.sleep(pauses.uniform(0, 2 * think))
        yield conversation.ask(question)


def _crowd(page: Page, questions: Sequence[str], users: int, think: float) -> list[float]:
    """The same by many users at once, each with a share of the questions, one conversation at least."""
    each = max(TURNS, len(questions) // users)
    times: list[float] = []

    def user(number: int) -> None:
        own = itertools.islice(itertools.cycle(questions), number * each, (number + 1) * each)
        times.extend(_converse(page, list(own), think, seed=number))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) < users * each:
        raise SystemExit("A user got no answer; see above.")
    return times


def _browse(port: int, questions: Sequence[str]) -> list[float]:
    """Milliseconds from Enter to evidence in Chromium, of answers with a quote; empty where it is not installed."""
    try:
        from playwright.sync_api import TimeoutError as TooLate
        from playwright.sync_api import sync_playwright
    except ImportError:
        return []
    if not questions or not Path(CHROMIUM).exists():
        return []
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for question in questions:
            # Fresh storage: neither the conversation before nor its cards are there.
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            box = page.get_by_label(QUESTION_LABEL)
            box.fill(question)
            page.evaluate(WATCH)
            box.press("Enter")
            with contextlib.suppress(TooLate):
                shown = page.wait_for_function("() => window.evidenceAfter", timeout=10_000)
                times.append(float(shown.json_value()))
            context.close()
        browser.close()
    return times


def _memory(pid: int) -> float:
    """MB that a process and its children hold, what they share counted once."""
    app = psutil.Process(pid)
    held: int = sum(process.memory_full_info().pss for process in (app, *app.children(recursive=True)))
    return held / 2**20


def _cpu() -> str:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith("model name")).partition(": ")[2]
    return "model unknown"


def _row(table: Table, measure: str, bar: str, values: Sequence[float]) -> None:
    figures = (*np.percentile(values, (50, 95)), max(values))
    shown = (f"{value:.2f}" if value < 10 else f"{value:.0f}" for value in figures)
    table.add_row(measure, bar, *shown, str(len(values)))


if __name__ == "__main__":
    main()
