"""Tries the chat model of the settings on known evidence: `steward doctor --model`.

One question goes through all three calls, and the checking model judges twenty pairs of a sentence and a passage. The
passages are made up, so that no model has read them before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.answering.follow_ups import Turn
from assistant.answering.understanding import Understood, understand, understand_by_rules
from assistant.answering.written_answer import Steps
from assistant.claims import Claim, Judge, JudgingError, build_judge, check_claims
from assistant.doctor import Finding
from assistant.errors import AssistantError
from assistant.models.reply import WritingError
from assistant.models.writers import Draft, Writer, build_writer
from assistant.records import Document, Quote, Speaker
from assistant.settings import Settings
from assistant.text.quoting import as_shown, quote_heading

DATA = Path(__file__).with_name("model_trial.json")
SUPPORTED = "supported"
"""The kind of a pair whose passage supports its sentence; other kinds name what is wrong with the sentence."""
ENOUGH = 18
"""Pairs to judge rightly, of twenty."""
MOST_WORDS = 120


def try_model(settings: Settings) -> list[Finding]:
    """Return what the model can do, how long it takes and how many tokens an answer costs."""
    try:
        writer, judge = build_writer(settings.model), build_judge(settings)
    except AssistantError as error:
        return [Finding("chat model", False, str(error))]
    return _Trial(writer, judge).findings()


class _Trial:
    def __init__(self, writer: Writer, judge: Judge | None) -> None:
        self._writer = writer
        self._judge = judge
        self._data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
        self._quotes, self._document = _quotes(self._data["passages"])
        self._steps = Steps()

    def findings(self) -> list[Finding]:
        """Return one finding for each call, and the cost of an answer."""
        understood, reading = self._read()
        draft, writing = self._write(understood)
        return [reading, writing, self._check(draft, understood), self._judge_pairs(), self._cost()]

    def _read(self) -> tuple[Understood, Finding]:
        before, question = Turn(**self._data["before"]), self._data["question"]
        told = ["Titles:", *(f"- {name}" for name in dict.fromkeys(quote.speaker.name for quote in self._quotes))]
        by_rules, started = understand_by_rules(f"{before.question} {question}"), time.monotonic()
        try:
            with self._steps.count("understand"):
                found = understand(by_rules, question, [before], told, self._writer, self._deadline)
        except WritingError as error:
            return by_rules, Finding("model reads questions", False, f"{error}; rules read them instead")
        took = f"{time.monotonic() - started:.1f} s"
        if found.question == by_rules.question or not found.searches:
            why = f"it did not make a follow-up stand alone, or named no search ({took}); rules do that instead"
            return found, Finding("model reads questions", False, why)
        return found, Finding("model reads questions", True, f"“{as_shown(found.question)}” ({took})")

    def _write(self, understood: Understood) -> tuple[Draft, Finding]:
        lines, draft, started = [], Draft(), time.monotonic()
        for quote in self._quotes:
            lines += [quote_heading(quote), f"[{quote.n}] {as_shown(quote.quote)}"]
        known = {quote.n for quote in self._quotes}
        try:
            with self._steps.count("write"):
                reply = self._writer.write(understood.question, understood.asked_for, lines, self._deadline)
            for line in reply:
                draft.add(line, known)
        except WritingError as error:
            return draft, Finding("model writes answers", False, str(error))
        took = f"{time.monotonic() - started:.1f} s"
        streams = "streams" if self._steps.pieces("write") > 1 else "sends its reply whole, so that nobody sees it grow"
        if wrong := self._wrong_with(draft):
            return draft, Finding("model writes answers", False, f"{wrong} ({took}, {streams})")
        text = " ".join(item.text for item in draft.sentences)
        return draft, Finding("model writes answers", True, f"“{as_shown(text)}” ({took}, {streams})")

    def _wrong_with(self, draft: Draft) -> str:
        text = " ".join(item.text for item in draft.sentences)
        if not draft.sentences:
            return "it found no answer in evidence that has one"
        if missing := [words for words in self._data["answers"] if words not in text]:
            return f"its answer lacks {' and '.join(missing)}: “{as_shown(text)}”"
        if uncited := sum(not (item.keys or item.neighbours) for item in draft.sentences):
            return f"{uncited} of {len(draft.sentences)} sentences name no evidence, and would be removed"
        if len(text.split()) > MOST_WORDS:
            return f"it wrote {len(text.split())} words, where it was asked for {MOST_WORDS} at most"
        return ""

    def _check(self, draft: Draft, understood: Understood) -> Finding:
        cited = [(item, [self._quotes[key - 1] for key in item.keys or item.neighbours]) for item in draft.sentences]
        claims = [Claim(item.text, tuple(quotes), understood.question) for item, quotes in cited if quotes]
        if not claims:
            return Finding("its sentences stand the check", False, "it wrote none that could be checked")
        try:
            with self._steps.count("check"):
                judged = check_claims(claims, lambda quote: self._document, self._judge)
        except JudgingError as error:
            return Finding("its sentences stand the check", False, str(error))
        kept = sum(item.verdict == SUPPORTED for item in judged)
        return Finding("its sentences stand the check", kept == len(claims), f"{kept} of {len(claims)}")

    def _judge_pairs(self) -> Finding:
        what = "model checks sentences"
        if self._judge is None:
            return Finding(what, False, "nobody judges meaning: set STEWARD_MODEL__NAME or STEWARD_MODEL__CHECKER")
        pairs = list(zip(self._data["passages"], self._quotes, strict=True))
        started = time.monotonic()
        try:
            judged = self._judge.judge([Claim(row["claim"], (quote,)) for row, quote in pairs])
        except JudgingError as error:
            return Finding(what, False, f"{self._judge.name}: {error}")
        wrong = [
            row["kind"]
            for (row, _), found in zip(pairs, judged, strict=True)
            if (found.verdict == SUPPORTED) != (row["kind"] == SUPPORTED)
        ]
        right, missed = len(pairs) - len(wrong), f", wrong on: {', '.join(wrong)}" if wrong else ""
        took = f"{time.monotonic() - started:.1f} s"
        return Finding(what, right >= ENOUGH, f"{self._judge.name}: {right} of {len(pairs)} rightly{missed} ({took})")

    def _cost(self) -> Finding:
        record = self._steps.record
        read, written = sum(step.tokens_read for step in record), sum(step.tokens_written for step in record)
        calls, took = sum(step.calls for step in record), sum(step.seconds for step in record)
        spent = f"{calls} calls, {took:.0f} s"
        if not read:
            return Finding("cost of an answer", True, f"{spent}; the provider does not count tokens")
        thousand = f"a thousand questions: {read / 1000:.2f} million read, {written / 1000:.2f} million written"
        return Finding("cost of an answer", True, f"{spent}, {read} tokens read and {written} written; {thousand}")

    @property
    def _deadline(self) -> float:
        return time.monotonic() + self._writer.seconds


def _quotes(passages: Sequence[dict[str, str]]) -> tuple[list[Quote], Document]:
    """Return the passages as quotes, and the document in which they stand."""
    quotes: list[Quote] = []
    text = ""
    for n, row in enumerate(passages, 1):
        start, text = len(text), f"{text}{row['text']}\n"
        speaker = Speaker(row["speaker"], "reported", row["authority"], row["date"])  # type: ignore[arg-type]
        quotes.append(
            Quote(
                n,
                "trial",
                "Ferries of Northshire",
                "Steward",
                row["date"],
                speaker,
                "current",
                "quote",
                "body",
                (),
                None,
                None,
                row["text"],
                start,
                start + len(row["text"]),
                "",
            )
        )
    return quotes, Document(text, ())
