"""``steward verify`` as a shell calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main

CONTEXT = "The unit has 25 staff."


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_one_pair_as_text_and_as_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "--claim", "The unit has 35 staff.", "--context", CONTEXT) == 0
    assert capsys.readouterr().out.startswith("contradicted (0.0")
    assert run("verify", "--claim", "The unit has 35 staff.", "--context", CONTEXT, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["reasons"] == [{"check": "figure", "claim": "35", "context": "25"}]
    assert (record["verdict"], set(record)) == ("contradicted", {"verdict", "score", "reasons"})


def test_what_nobody_judged_says_how_to_have_it_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "--claim", "The unit employs 25 people.", "--context", CONTEXT) == 0
    assert capsys.readouterr().out.startswith("unjudged (0.50)\n- no fact clashes; whether it means the same needs")


def test_a_batch_gives_one_verdict_a_line_in_order(tmp_path: Path) -> None:
    pairs, output = tmp_path / "pairs.jsonl", tmp_path / "verdicts.jsonl"
    lines = [
        {"id": "a", "claim": CONTEXT, "context": CONTEXT},
        {"id": 2, "claim": "The unit has 35 staff.", "context": CONTEXT, "note": "passed over"},
        {"id": 3, "claim": "Ministers said that it has staff.", "context": CONTEXT, "speaker": "Reed Institute"},
    ]
    pairs.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    assert run("verify", "--batch", str(pairs), "--output", str(output)) == 0
    verdicts = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [(item["id"], item["verdict"]) for item in verdicts] == [
        ("a", "supported"),
        (2, "contradicted"),
        (3, "unsupported"),
    ]
    assert set(verdicts[0]) == {"id", "verdict", "score", "reasons"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "line 2, the line: Invalid JSON"),
        ('{"id": "b", "context": "x"}', "line 2, claim: Field required"),
        ('{"id": "b", "claim": " ", "context": "x"}', "line 2, claim: String should match"),
        ('{"id": "a", "claim": "x", "context": "x"}', "line 2: the id 'a' is used twice"),
    ],
    ids=["no-json", "no-claim", "empty-claim", "same-id"],
)
def test_a_bad_line_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    pairs, output = tmp_path / "pairs.jsonl", tmp_path / "verdicts.jsonl"
    pairs.write_text(f'{{"id": "a", "claim": "x", "context": "x"}}\n{line}\n', encoding="utf-8")
    assert run("verify", "--batch", str(pairs), "--output", str(output)) == 1
    assert message in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--claim", "x"),
        ("--context", "x"),
        ("--batch", "x"),
        ("--claim", "x", "--context", "x", "--batch", "x", "--output", "y"),
        (),
    ],
)
def test_half_a_request_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    assert run("verify", *arguments) == 2
