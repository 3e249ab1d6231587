"""The claim check on texts that are no prose: as quick as on prose of their length."""

from __future__ import annotations

import time

import pytest

from assistant.claims import verify

SECONDS = 40.0
"""What took minutes before takes a second or two, on a machine that does nothing else."""


def names(count: int) -> str:
    return " ".join(f"Name{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(count))


@pytest.mark.parametrize(
    ("claim", "context"),
    [
        (f"The ABC says {names(400)}.", f"The {names(400)} NHS."),
        ("The ABC met.", "Name Other " * 3_000),
        ("word apple table " * 290, "fruit orange chair " * 5_200),
        ("The council ran, the mayor led, " * 40 + "in 2024.", "The mayor ran, the council led, " * 300),
        ("A" * 5_000, "A" * 100_000),
        ("." * 5_000 + "a", "." * 100_000 + "a"),
    ],
    ids=["names in both", "names", "words", "doers", "one word", "dots"],
)
def test_time_grows_with_the_length_alone(claim: str, context: str, thorough: bool) -> None:
    if not thorough:
        context = context[: len(context) // 2]
    started = time.process_time()
    assert verify(claim, context).verdict != "supported"
    assert time.process_time() - started < SECONDS


def test_a_long_claim_that_stands_in_its_context_is_supported() -> None:
    words = " ".join(f"boat{number}" for number in range(1_000))
    assert verify(f"We saw {words}.", f"They came. We saw {words}. It rained.").verdict == "supported"
    assert verify(f"We saw {words}.", f"We saw {words} not.").verdict != "supported"
