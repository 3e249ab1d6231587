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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"issuer": "https://a", "client_id": "s", "header": "X-User"}, "both set"),
        ({"issuer": "https://a"}, "issuer and client_id belong together"),
        ({"client_id": "s"}, "issuer and client_id belong together"),
        ({"groups_header": "X-Groups"}, "groups_header is set without header"),
        ({"allowed": ["a"], "hours": 3}, "allowed, hours without issuer or header, so nobody would sign in"),
        ({"issuer": "http://id.example", "client_id": "s"}, "sign_in.issuer"),
        ({"issuer": "https://a", "client_id": "s", "scopes": ["email"]}, "without openid"),
        ({"header": "X-User", "roles": {"a": "king"}}, r"sign_in\.roles\.a: .*found 'king'"),
        ({"header": "X User"}, "sign_in.header"),
    ],
)
def test_half_a_sign_in_is_refused_and_no_secret_repeated(given: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        load_settings(sign_in={**given, **({"client_secret": "zebra"} if "issuer" in given else {})})
    assert "zebra" not in str(caught.value)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"index\.published") as raised:
        load_settings(index={"published": "sftp://user:zebra@host/folder"})
    assert "zebra" not in str(raised.value)


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(sign_in={"issuer": "https://a", "client_id": "s", "client_secret": ["zebra"]})
    assert "zebra" not in str(caught.value)


def test_people_sign_in_where_a_provider_or_a_header_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().sign_in.is_on
    assert load_settings(sign_in={"header": "X-Forwarded-Email"}).sign_in.is_on
    monkeypatch.setenv("STEWARD_SIGN_IN__ISSUER", "http://127.0.0.1:8080/realms/dept")
    monkeypatch.setenv("STEWARD_SIGN_IN__CLIENT_ID", "steward")
    monkeypatch.setenv("STEWARD_SIGN_IN__ROLES", '{"keepers": "librarian"}')
    found = load_settings().sign_in
    assert (found.is_on, found.roles) == (True, {"keepers": "librarian"})
