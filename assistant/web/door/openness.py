"""What anybody who reaches the web app may do: add files, and contribute cases under a name that they type."""

from __future__ import annotations

import logging
from ipaddress import ip_address

from assistant.errors import SettingsError
from assistant.settings import WebSettings

ANY_HOST = "*"
ADDING_IS_CLOSED = (
    "Adding files is closed here: others than the person at this machine can reach this app. Whoever runs Steward "
    "adds documents with `steward add`, or opens this to anybody with STEWARD_WEB__ADD_FILES=true."
)


class Openness:
    """Follows whether the app is reached from its own machine alone; threads may share it.

    What the settings leave unset is open only while it is: while the app listens on loopback, no proxy and no further
    host is set, and no request has come with a proxy's header.
    """

    def __init__(self, web: WebSettings, host: str = "") -> None:
        """``host`` is the address that the app listens on; empty where it does not listen."""
        self._web = web
        self._is_private = is_loopback(host) and not web.hosts and not web.proxies

    @property
    def may_add(self) -> bool:
        """Whether anybody may add files."""
        return self._is_private if self._web.add_files is None else self._web.add_files

    @property
    def keys_required(self) -> bool:
        """Whether contributing takes a key even where nobody is registered."""
        return not self._is_private if self._web.keys_required is None else self._web.keys_required

    def close(self) -> None:
        """Take the app for reached through a proxy from now on."""
        if self._is_private:
            self._is_private = False
            logging.getLogger(__name__).warning("A request came through a proxy. From now on: %s", self.words())

    def words(self) -> str:
        """Return what is open, in a sentence or two for whoever runs the app."""
        adding = "anybody who reaches it may add files" if self.may_add else "nobody may add files"
        if self.keys_required:
            contributing = "contributing cases takes a key from `steward people add`"
        else:
            contributing = "until somebody is registered, whoever types a name may contribute and accept cases"
        return f"{adding}; {contributing}."


def is_loopback(host: str) -> bool:
    """Whether an address to listen on reaches this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def own_hosts(host: str, web: WebSettings) -> tuple[str, ...]:
    """Return the hosts under which an app that listens on ``host`` answers.

    Raises:
        SettingsError: it listens on every address, and no host is set.
    """
    if not web.hosts and host in ("0.0.0.0", "::"):  # noqa: S104 compared, not listened on
        raise SettingsError(
            f"--host {host} lets other machines reach Steward, and the hosts to answer under are not set. Name them, "
            "as in STEWARD_WEB__HOSTS='[\"steward.example\"]', or listen on one address. '[\"*\"]' answers under any, "
            "and then a web page anywhere can reach Steward from a reader's browser."
        )
    return tuple(dict.fromkeys(("127.0.0.1", "localhost", "::1", host, *(web.hosts or ()))))
