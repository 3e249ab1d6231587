"""What `steward doctor --model` says of models that do well, badly, or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from assistant.answering.model_trial import DATA, ENOUGH, SUPPORTED, try_model
from assistant.claims import Claim, Judge, build_judge
from assistant.doctor import Finding
from assistant.models.writers import Writer
from assistant.records import Verdict
from assistant.settings import Settings
from tests.writers import FakeJudge, able

READS = '{"question": "How many passengers will the Wick Sound ferry carry?", "searches": ["ferry passengers"]}'
ANSWER = "It will carry 240 passengers from May 2026. [1]"
KINDS = {row["claim"]: row["kind"] for row in json.loads(DATA.read_text(encoding="utf-8"))["passages"]}


def rightly(claim: Claim) -> Verdict:
    return "supported" if KINDS.get(claim.text, SUPPORTED) == SUPPORTED else "unsupported"


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Finding]]:
    def run(writer: Writer, judge: Judge | None) -> dict[str, Finding]:
        monkeypatch.setattr("assistant.answering.model_trial.build_writer", lambda _: writer)
        monkeypatch.setattr("assistant.answering.model_trial.build_judge", lambda _: judge)
        return {finding.what: finding for finding in try_model(Settings())}

    return run


def test_the_shipped_pairs_are_ten_of_each() -> None:
    kinds = Counter(KINDS.values())
    assert len(KINDS) == 20
    assert kinds.pop(SUPPORTED) == 10
    assert set(kinds.values()) == {1}, "ten ways to be wrong"


def test_a_model_that_does_well(trial: Callable[..., dict[str, Finding]]) -> None:
    found = trial(able(ANSWER, reads=READS), FakeJudge(rightly))
    assert all(finding.ok for finding in found.values())
    assert "streams" in found["model writes answers"].detail
    assert "240 passengers" in found["model writes answers"].detail
    assert found["its sentences stand the check"].detail == "1 of 1"
    assert "20 of 20 rightly" in found["model checks sentences"].detail
    cost = found["cost of an answer"].detail
    assert "2 calls" in cost
    assert "200 tokens read and 20 written; a thousand questions: 0.20 million read, 0.02 million written" in cost


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "found no answer"),
        ("NOTHING", "found no answer"),
        ("It will carry 40 people. [1]", "lacks 240 and 2026"),
        ("It will carry 240 passengers from May 2026.", "1 of 1 sentences name no evidence"),
        (f"{ANSWER} {'It sails. [1] ' * 80}", "words, where it was asked for 120"),
    ],
)
def test_a_model_that_writes_badly(trial: Callable[..., dict[str, Finding]], reply: str, why: str) -> None:
    found = trial(able(reply, reads="no"), FakeJudge(rightly))
    assert not found["model reads questions"].ok
    assert not found["model writes answers"].ok
    assert why in found["model writes answers"].detail


def test_a_model_that_calls_everything_supported_cannot_check(trial: Callable[..., dict[str, Finding]]) -> None:
    found = trial(able(ANSWER, reads=READS), FakeJudge(lambda _: "supported"))["model checks sentences"]
    assert not found.ok
    assert "10 of 20 rightly, wrong on: " in found.detail
    assert "invented cause" in found.detail
    assert ENOUGH == 18


def test_models_that_fail_say_why(trial: Callable[..., dict[str, Finding]]) -> None:
    def fail(prompt: str) -> str:
        raise RuntimeError("key sk-secret")

    found = trial(able(fail), FakeJudge(failure="the checking model is asleep"))
    assert "RuntimeError" in found["model writes answers"].detail
    assert "asleep" in found["model checks sentences"].detail
    assert "sk-secret" not in str(found)
    assert not trial(able(ANSWER), None)["model checks sentences"].ok


def test_without_a_model_the_trial_says_how_to_set_one() -> None:
    assert build_judge(Settings()) is None
    (found,) = try_model(Settings())
    assert not found.ok
    assert "STEWARD_MODEL__NAME" in found.detail
