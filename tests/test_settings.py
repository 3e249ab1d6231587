"""Settings: sources in order, bounds, and misspelt names refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings


def test_defaults_hold() -> None:
    assert load_settings().chunking.chunk_tokens == 220


def test_variables_win_over_the_file_and_arguments_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steward.toml").write_text(
        "[chunking]\nchunk_tokens = 100\n[answering]\nmax_words = 60\n", encoding="utf-8"
    )
    monkeypatch.setenv("STEWARD_CHUNKING__CHUNK_TOKENS", "150")
    settings = load_settings(corpus=tmp_path)
    assert (settings.chunking.chunk_tokens, settings.answering.max_words, settings.corpus) == (150, 60, tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("STEWARD_INDX__FOLDER", "x", "STEWARD_INDX__FOLDER names no setting"),
        ("STEWARD_CHUNKING__CHUNK_TOKEN", "9", "chunk_token"),
        ("STEWARD_CHUNKING__CHUNK_TOKENS", "1", r"chunk_tokens.*found '1'"),
        ("STEWARD_CORPUS__FOLDER", "x", "names no setting"),
    ],
    ids=["group", "field", "bounds", "no-group"],
)
def test_a_wrong_variable_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings()
