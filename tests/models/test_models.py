"""Which chat model the settings give, what is said where it is missing, and that its key is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel

from assistant.doctor import examine
from assistant.errors import ModelUnavailableError, SettingsError
from assistant.models.chat import build_model, describe_model
from assistant.settings import ModelSettings, load_settings
from tests.library_making import make_library

SECRET = "sk-very-secret"


def test_without_a_name_the_error_says_how_to_set_one() -> None:
    with pytest.raises(ModelUnavailableError, match=r"STEWARD_MODEL__NAME.*docs/models\.md"):
        build_model(ModelSettings())
    assert "none set" in describe_model(ModelSettings())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("groq:any", r"not installed.*pip install langchain-groq"),
        ("telepathy:one", r"cannot be opened.*telepathy.*STEWARD_MODEL__NAME"),
    ],
    ids=["package", "provider"],
)
def test_a_missing_package_or_provider_is_named_with_what_to_do(name: str, message: str) -> None:
    with pytest.raises(ModelUnavailableError, match=message):
        build_model(ModelSettings(name=name))


def test_a_missing_key_is_asked_for_and_a_given_one_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def refuse(name: str, **options: object) -> BaseChatModel:
        given.update(options)
        raise ValueError(f"no access for {SECRET}")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", refuse)
    settings = ModelSettings(name="openai:gpt", key=SECRET, base_url="http://127.0.0.1:1/v1", seconds=7)
    with pytest.raises(ModelUnavailableError, match="export STEWARD_MODEL__KEY") as raised:
        build_model(settings)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    assert given["base_url"] == "http://127.0.0.1:1/v1"
    assert (given["timeout"], given["max_tokens"], given["api_key"]) == (7, 1000, settings.key)
    assert given["stream_usage"] is True
    assert "temperature" not in given


def test_the_doctor_says_whether_a_key_is_set_and_not_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_MODEL__NAME", "openai:gpt")
    monkeypatch.setenv("STEWARD_MODEL__KEY", SECRET)
    monkeypatch.setattr("assistant.models.chat.build_model", lambda settings: None)
    findings = {finding.what: finding for finding in examine(load_settings())}
    assert "key set" in findings["chat model"].detail
    assert SECRET not in str(findings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STEWARD_MODEL__KEYS", SECRET),
        ("STEWARD_MODEL", SECRET),
        ("STEWARD_MODEL", f'"{SECRET}"'),
        ("STEWARD_MODEL", f'{{"key": ["{SECRET}"]}}'),
    ],
    ids=["misspelt", "no-json", "no-group", "no-text"],
)
def test_a_key_in_the_wrong_place_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=r"Wrong settings: .*model") as raised:
        load_settings()
    assert SECRET not in str(raised.value)
