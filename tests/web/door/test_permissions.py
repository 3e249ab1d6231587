"""What is open to anybody, where the app listens and what comes in."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import SettingsError
from assistant.readers import reading_as
from assistant.roles import Person, Role
from assistant.settings import WebSettings
from assistant.web.door.permissions import Openness, own_hosts


def test_hosts_are_this_machines_own_the_one_listened_on_and_those_set() -> None:
    assert own_hosts("127.0.0.1", WebSettings()) == ("127.0.0.1", "localhost", "::1")
    assert own_hosts("192.0.2.7", WebSettings(hosts=("steward.example",)))[3:] == ("192.0.2.7", "steward.example")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_on_every_address_hosts_must_be_set(host: str) -> None:
    with pytest.raises(SettingsError, match=r"--host \S+ lets other machines reach Steward.*STEWARD_WEB__HOSTS="):
        own_hosts(host, WebSettings())
    assert "steward.example" in own_hosts(host, WebSettings(hosts=("steward.example",)))


@pytest.mark.parametrize(
    ("host", "web", "is_open"),
    [
        ("127.0.0.1", {}, True),
        ("127.8.8.8", {}, True),
        ("localhost", {}, True),
        ("::1", {}, True),
        ("", {}, False),
        ("0.0.0.0", {}, False),
        ("192.0.2.7", {}, False),
        ("127.evil.example", {}, False),
        ("127.0.0.1", {"hosts": ("steward.example",)}, False),
        ("127.0.0.1", {"proxies": ("127.0.0.1",)}, False),
        ("192.0.2.7", {"add_files": True, "keys_required": False}, True),
        ("127.0.0.1", {"add_files": False, "keys_required": True}, False),
    ],
)
def test_only_this_machine_may_add_and_contribute_freely_unless_set(
    host: str, web: dict[str, Any], is_open: bool
) -> None:
    openness = Openness(WebSettings(**web), host)
    assert (openness.may_add, not openness.keys_required) == (is_open, is_open)
    words = openness.words()
    assert ("anyone who reaches it can add files" in words) is is_open
    assert ("anyone who enters a name can contribute and accept cases" in words) is is_open


def test_a_proxys_request_closes_what_is_open_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    openness = Openness(WebSettings(), "127.0.0.1")
    openness.close()
    openness.close()
    assert (openness.may_add, openness.keys_required) == (False, True)
    (said,) = caplog.messages
    assert said.startswith(
        "A request came through a proxy. From now on: nobody can add files; contributing cases needs"
    )


def test_a_setting_that_opens_it_to_anybody_holds_behind_a_proxy(caplog: pytest.LogCaptureFixture) -> None:
    openness = Openness(WebSettings(add_files=True, keys_required=False), "127.0.0.1")
    openness.close()
    assert (openness.may_add, openness.keys_required) == (True, False)


@pytest.mark.parametrize(
    ("add_files", "role", "may_add", "may_share"),
    [
        (None, "librarian", True, True),
        (True, "librarian", True, True),
        (False, "librarian", False, False),
        (None, "reviewer", True, False),
        (True, "auditor", True, False),
        (None, None, True, False),
    ],
)
def test_where_people_sign_in_their_role_decides(
    add_files: bool | None, role: Role | None, may_add: bool, may_share: bool
) -> None:
    openness = Openness(WebSettings(add_files=add_files), "127.0.0.1", signs_in=True)
    with reading_as("a", Person("Ann", role) if role else None):
        assert (openness.may_add, openness.may_share) == (may_add, may_share)
    assert openness.words().startswith("people sign in; ")
