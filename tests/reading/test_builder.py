"""Characters that are kept, and those that hide words or carry words of their own."""

from __future__ import annotations

import pytest

from assistant.reading.builder import DocumentBuilder, normalise, unseen_characters


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("made\ufe06\ufe0f\ufe00 of", "made of"),
        ("made\U000e0101\U000e0041 of", "made of"),
        ("warning \u26a0\ufe0f sign", "warning \u26a0 sign"),
        ("lent\u3164\u3164\uffa0, a cart\u2800\u115f.", "lent , a cart ."),
        ("two\u2800words", "two words"),
        ("Khmer\u17b4\u17b5 Mongol\u180b\u180f", "Khmer Mongol"),
        ("Mission\u200b \u202eBoards\x1b[31m", "Mission Boards [31m"),
        ("naïve £5 – ‘words’ … ½ é", "naïve £5 – ‘words’ … ½ é"),
    ],
)
def test_characters_that_nobody_sees_are_not_kept(raw: str, kept: str) -> None:
    assert normalise(raw) == kept
    builder = DocumentBuilder()
    builder.add("paragraph", raw)
    assert builder.build().text == kept


def test_unseen_characters_are_named_once() -> None:
    assert unseen_characters("a\u202eb\u202e\ufe0f\u3164\x1b") == ["U+202E", "U+FE0F", "U+3164", "U+001B"]
    assert unseen_characters("Höher\u00a0– plain “words”\n") == []
