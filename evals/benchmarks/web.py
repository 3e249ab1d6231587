"""Prints how fast the web app starts and answers, and what memory it takes, beside the bars set for it.

    python -m evals.benchmarks.web [--questions 100] [--users 20] [--think 1] [--starts 3] [--browser-questions 30]
                                   [--turns 200] [--files 5] [--minutes 0]

Run it in the project's folder with the index built (about five minutes on 2 cores). The app is a process of its own,
``steward serve`` over the shipped library, asked as the page asks it: the event is put into Gradio's queue and its
messages are read as they come. A message with a card is the evidence; an answer without any counts when it is
done. Questions are those of the dev split, five to a conversation with a session of its own. Users at once ask one
after the other, each different ones, and think before each for ``--think`` seconds on average (drawn evenly from none
to twice that), then once more without a thought.

Start is from the start of the process to the evidence of a question asked as soon as the app takes one. Memory is what
the app's processes hold of their own (Linux's PSS); with ``--minutes`` the users go on for so long, and it is
looked at ten times a minute. In the browser the time runs from a key or click to the first frame that shows what it
leads to, in a fresh page each; without Playwright or Chromium those rows are left out. The weight is that of the page
at a first visit: what came over the wire and what it was unpacked to, Gradio's own files apart from ours. A one-page
Word file is added to a copy of the library, from the click until the page offers to ask about it, and is then asked.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import docx
import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from assistant.settings import load_settings
from evals.calibration.dev import dev_questions

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload
    from playwright.sync_api import Page as Tab

EVENTS = ("respond", "ask")
"""Names of the event that asks, the first one that the app has."""
QUESTION_LABEL = "Your question"
CARD = 'class=\\"evidence-card\\"'  # as JSON has it
TURNS = 5
"""Questions of one conversation."""
UNLIMITED = {f"STEWARD_WEB__{name}_PER_MINUTE": "1000000" for name in ("QUESTIONS", "REQUESTS")} | {
    "STEWARD_WEB__QUEUE_LENGTH": "1000"
}
"""All users come from one address, without cookies."""
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# Times from what a reader does to the first frame that shows what it leads to.
WATCH = """([event, selector, words]) => {
  const shown = () => [...document.querySelectorAll(selector)]
    .some((item) => item.offsetHeight && item.textContent.includes(words));
  window.shownAfter = null;
  document.addEventListener(event, () => {
    const began = performance.now();
    const look = () => shown() ? window.shownAfter = performance.now() - began : requestAnimationFrame(look);
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
SEARCHES = ("social value", "health hubs", "citizens' assemblies", "devolved budgets", "apprenticeships", "digital ID")


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
    with _library_copy() as copy, _app(copy) as (port, process):
        page = _wait(port)
        Conversation(page).ask(asked[0])
        _row(table, "memory after the first answer, MB", "≤ 1000", [_memory(process.pid)])
        _row(table, "evidence, 1 user, ms", "p50 ≤ 150, p95 ≤ 300", [1000 * one for one in _converse(page, asked)])
        for think in dict.fromkeys((options.think, 0.0)):
            named = f"evidence, {options.users} users, {f'{think:g} s' if think else 'no'} thought, ms"
            times = _crowd(page, asked, options.users, think)
            _row(table, named, "p95 ≤ 1200", [1000 * seconds for seconds in times])
        _row(table, "memory after that, MB", "≤ 1000", [_memory(process.pid)])
        if options.minutes:
            times, held = _soak(page, process.pid, asked, options)
            _row(table, f"evidence, {options.minutes:g} minutes long, ms", "", [1000 * seconds for seconds in times])
            tenth = len(held) // 10 or 1
            for part, name in ((held[:tenth], "first tenth"), (held[-tenth:], "last tenth"), (held, "all")):
                _row(table, f"memory in that time, {name}, MB", "≤ 1000", part)
        for measure, bar, shown in _browse(port, questions[: options.browser_questions], options):
            _row(table, measure, bar, shown)
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
    parser.add_argument("--turns", type=int, default=200, help="of the conversation opened there (default 200)")
    parser.add_argument("--files", type=int, default=5, help="Word files added there (default 5)")
    parser.add_argument("--minutes", type=float, default=0, help="how long the users go on (default: not at all)")
    return parser.parse_args(argv)


@contextlib.contextmanager
def _library_copy() -> Iterator[dict[str, str]]:
    """The settings of an app that may change its library: a copy, without the conversations."""
    settings = load_settings()
    with TemporaryDirectory() as folder:
        corpus, indexes = Path(folder, "corpus"), Path(folder, "indexes")
        shutil.copytree(settings.corpus, corpus)
        shutil.copytree(settings.index.folder, indexes, ignore=shutil.ignore_patterns("steward.db*", "evals"))
        yield {"STEWARD_CORPUS": str(corpus), "STEWARD_INDEX__FOLDER": str(indexes)}


@contextlib.contextmanager
def _app(settings: dict[str, str] | None = None) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The app on a free port, in a process of its own that is ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)],
        env=os.environ | UNLIMITED | {"STEWARD_FETCHING__AT_START": "false"} | (settings or {}),
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
        """Seconds until the first message with a card, or where none has one until the event is done."""
        body = json.dumps({"data": given, "fn_index": event, "session_hash": self._session})
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._page.port, timeout=120)) as app:
            app.connect()
            started = time.perf_counter()
            app.request("POST", "/gradio_api/queue/join", body, {"Content-Type": "application/json"})
            with app.getresponse() as joined:
                if joined.status != 200:
                    raise SystemExit(f"The app refused {given}: {joined.read().decode()}")
                joined.read()
            app.request("GET", f"/gradio_api/queue/data?session_hash={self._session}")
            evidence = None
            for line in app.getresponse():
                if not line.startswith(b"data:"):
                    continue
                message = json.loads(line[5:])
                done = message["msg"] == "process_completed"
                if done and not message["success"]:
                    raise SystemExit(f"The app failed at {given}: {message['output']}")
                if evidence is None and (done or CARD in json.dumps(message.get("output"))):
                    evidence = time.perf_counter() - started
                if done:
                    break
            if evidence is None:
                raise SystemExit(f"The app ended the answer to {given} before it was done.")
            return evidence


def _converse(page: Page, questions: Iterable[str], think: float = 0.0, seed: int = 0) -> Iterator[float]:
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


def _soak(
    page: Page, pid: int, questions: Sequence[str], options: argparse.Namespace
) -> tuple[list[float], list[float]]:
    """Seconds until each evidence while all users ask for some minutes, and MB held, ten times a minute."""
    until = time.monotonic() + 60 * options.minutes
    times: list[float] = []
    held: list[float] = []

    def user(number: int) -> None:
        own = itertools.cycle((*questions[number:], *questions[:number]))
        for seconds in _converse(page, own, options.think, seed=number):
            times.append(seconds)
            if time.monotonic() > until:
                return

    threads = [threading.Thread(target=user, args=(number,)) for number in range(options.users)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        held.append(_memory(pid))
        time.sleep(6)
    return times, held


def _browse(
    port: int, questions: Sequence[str], options: argparse.Namespace
) -> Iterator[tuple[str, str, Sequence[float]]]:
    """Measures in Chromium with their bars and values; none where it is not installed."""
    try:
        from playwright.sync_api import Browser, Locator, TimeoutError, sync_playwright
    except ImportError:
        return
    if not questions or not Path(CHROMIUM).exists():
        return
    address = f"http://127.0.0.1:{port}/"

    def timed(act: Callable[[], object], place: Locator, event: str, selector: str, words: str = "") -> list[float]:
        """The milliseconds of one act; none where it leads to nothing within a minute."""
        place.page.evaluate(WATCH, [event, selector, words])
        act()
        with contextlib.suppress(TimeoutError):
            return [float(place.page.wait_for_function("() => window.shownAfter", timeout=60_000).json_value())]
        return []

    def ask(box: Locator, question: str) -> list[float]:
        box.fill(question)
        return timed(lambda: box.press("Enter"), box, "keydown", ".turn:last-of-type .evidence-card")

    def opened(browser: Browser, query: str = "") -> Any:
        # Fresh storage: neither the conversation before nor its cards are there.
        page = browser.new_context().new_page()
        page.goto(address + query)
        page.get_by_label(QUESTION_LABEL).wait_for(state="attached")
        return page

    def add(page: Tab, number: int) -> list[float]:
        """The seconds until a file may be asked about; whether it is quoted then is seen to."""
        page.get_by_role("button", name="Add a file", exact=True).click()
        page.locator("input[type=file]").first.set_input_files(_word_file(number))
        page.get_by_role("radio", name="Evidence").check()
        page.get_by_text(" was read: ").wait_for()
        button = page.get_by_role("button", name="Add to the library")
        waited = timed(button.click, button, "click", "[data-action=ask]", "Ask about it")
        page.get_by_role("button", name="Ask about it").click()
        page.get_by_label(QUESTION_LABEL).fill(f"How many lamps does quay {number} have?")
        page.get_by_label(QUESTION_LABEL).press("Enter")
        page.locator(".evidence-card", has_text=f"quay {number} has").wait_for()
        return [milliseconds / 1000 for milliseconds in waited]

    painted, asked, switched, searched, reopened, added = [], [], [], [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        weights = _weigh(browser.new_context().new_page(), address)
        for question in questions:
            page = opened(browser)
            painted.append(float(page.evaluate(FIRST_PAINT)))
            asked += ask(page.get_by_label(QUESTION_LABEL), question)
            tab = page.get_by_role("tab", name="Precedents")
            switched += timed(tab.click, tab, "click", ".case-row")
            page.context.close()
        for words in SEARCHES:
            page = opened(browser, "?tab=precedents")
            page.locator(".case-row").first.wait_for()
            box = page.get_by_label("Search the cases")
            box.fill(words)
            searched += timed(partial(box.press, "Enter"), box, "keydown", ".cases h2", words)
            page.context.close()
        page = opened(browser)
        box = page.get_by_label(QUESTION_LABEL)
        for question in itertools.islice(itertools.cycle(questions), options.turns):
            box.fill(question)
            box.press("Enter")
            page.wait_for_function("(box) => !box.value", arg=box.element_handle())
        for _ in range(5):
            page.get_by_role("button", name="New question").click()
            page.locator(".home").first.wait_for()
            kept = page.locator("#rail li > button").first
            reopened += timed(kept.click, kept, "click", ".turn .evidence-card")
        for number in range(options.files):
            page = opened(browser, "?tab=library")
            added += add(page, number)
            page.context.close()
        browser.close()
    yield "first paint, ms", "≤ 1000", painted
    yield "Enter to evidence in a browser, ms", "p50 ≤ 150, p95 ≤ 300", asked
    yield "to another place, ms", "≤ 150", switched
    yield "search of precedents, ms", "≤ 300", searched
    yield f"conversation of {options.turns} turns opened, ms", "≤ 400", reopened
    yield "one-page Word file added, s", "≤ 3", added
    for measure, value in weights.items():
        yield measure, "", [value]


def _weigh(page: Tab, address: str) -> dict[str, float]:
    """What a first visit loads until nothing more comes: ours are the page, its style, its fonts and its answers."""
    kinds: dict[str, str] = {}
    weights: Counter[str] = Counter()

    def count(event: dict[str, Any], field: str, measure: str) -> None:
        if event["requestId"] in kinds:
            weights[f"page weight, {kinds[event['requestId']]}: {measure}"] += event[field] / 1000

    def begin(event: dict[str, Any]) -> None:
        path = urlsplit(event["response"]["url"]).path
        kinds[event["requestId"]] = kind = "Gradio" if path.startswith(("/assets/", "/static/")) else "ours"
        weights[f"page weight, {kind}: requests"] += 1

    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", begin)
    network.on("Network.dataReceived", lambda event: count(event, "dataLength", "unpacked, KB"))
    network.on("Network.loadingFinished", lambda event: count(event, "encodedDataLength", "sent, KB"))
    network.send("Network.enable")
    page.goto(address)
    page.locator(".chip").first.wait_for()
    page.wait_for_timeout(2000)  # what is loaded once the page stands
    return dict(sorted(weights.items()))


def _word_file(number: int) -> FilePayload:
    """A page of a file that says by whom and when it was published, as a reader drops it."""
    made = docx.Document()
    made.add_heading(f"Lamps of quay {number}", 0)
    made.add_paragraph(f"Published by the Quay Board, {number + 1} March 2025")
    made.add_paragraph(f"The quay {number} has {number + 40} lamps, and two keepers who light them.")
    for line in range(20):
        made.add_paragraph(f"Keeper {line} of quay {number} writes down each evening how long the lamps burned. " * 2)
    saved = BytesIO()
    made.save(saved)
    return {"name": f"quay-{number}.docx", "mimeType": "application/octet-stream", "buffer": saved.getvalue()}


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
    if not values:
        table.add_row(measure, bar, "", "", "", "0")
        return
    figures = (*np.percentile(values, (50, 95)), max(values))
    shown = (f"{value:.2f}" if value < 10 else f"{value:.0f}" for value in figures)
    table.add_row(measure, bar, *shown, str(len(values)))


if __name__ == "__main__":
    main()
