"""Whether anybody who reaches the web app may add files, and contribute cases without a key."""

from __future__ import annotations

import logging
from ipaddress import ip_address

from assistant.errors import SettingsError
from assistant.readers import current_person
from assistant.settings import WebSettings

ANY_HOST = "*"
NOT_LIBRARIAN = (
    "To change what everybody sees you need the role librarian. You can add a file “Only for me”, or ask a librarian."
)
ADDING_IS_CLOSED = (
    "You cannot add files here, because other people can reach this app. The administrator can add documents with "
    "`steward add`, or let anyone add files with STEWARD_WEB__ADD_FILES=true."
)


ADDING_ELSEWHERE = (
    "You cannot add files here, because this app takes its library from another machine. The administrator can add "
    "documents there, with `steward add`."
)


class Openness:
    """Tracks whether only this machine can reach the app; threads may share it.

    Unless the settings decide, both are allowed only while that is so: the app listens on loopback, no proxy or other
    host is set, and no request has come with a proxy's header.
    """

    def __init__(self, web: WebSettings, host: str = "", *, signs_in: bool = False, builds: bool = True) -> None:
        """``host`` is the address that the app listens on; empty if it does not listen.

        With ``signs_in`` people have accounts, and their role decides; then nothing is open to anybody else. Where the
        app does not build its index, nobody may add files.
        """
        self._web = web
        self._builds = builds
        self.signs_in = signs_in
        self._is_private = is_loopback(host) and not web.hosts and not web.proxies

    @property
    def may_add(self) -> bool:
        """Whether the reader may add files, if only for themselves."""
        if not self._builds:
            return False
        if self.signs_in:
            return self._web.add_files is not False
        return self._is_private if self._web.add_files is None else self._web.add_files

    @property
    def may_share(self) -> bool:
        """Whether the reader may change the documents that everybody sees."""
        if not self.signs_in:
            return self.may_add
        person = current_person()
        return self.may_add and person is not None and person.may("change-library")

    @property
    def closed_words(self) -> str:
        """What a reader is told who may not change them."""
        if not self._builds:
            return ADDING_ELSEWHERE
        return NOT_LIBRARIAN if self.signs_in and self.may_add else ADDING_IS_CLOSED

    @property
    def keys_required(self) -> bool:
        """Whether contributing needs a key even if nobody is registered."""
        return not self._is_private if self._web.keys_required is None else self._web.keys_required

    def close(self) -> None:
        """Treat the app as reached through a proxy from now on."""
        if self._is_private:
            self._is_private = False
            if self.signs_in:
                return
            logging.getLogger(__name__).warning("A request came through a proxy. From now on: %s", self.words())

    def words(self) -> str:
        """Return what is allowed, for whoever runs the app."""
        if self.signs_in:
            adding = "librarians can add files for everybody, others for themselves"
            adding = adding if self.may_add else "nobody can add files"
            return f"people sign in; {adding}; contributors can write cases."
        adding = "anyone who reaches it can add files" if self.may_add else "nobody can add files"
        if self.keys_required:
            contributing = "contributing cases needs a key from `steward people add`"
        else:
            contributing = "until you register people, anyone who enters a name can contribute and accept cases"
        return f"{adding}; {contributing}."


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def own_hosts(host: str, web: WebSettings) -> tuple[str, ...]:
    """Return the hosts for which an app that listens on ``host`` accepts requests.

    Raises:
        SettingsError: it listens on every address, and no hosts are set.
    """
    if not web.hosts and host in ("0.0.0.0", "::"):  # noqa: S104 compared, not listened on
        raise SettingsError(
            f"--host {host} lets other machines reach Steward, but STEWARD_WEB__HOSTS is not set. Name the hosts, for "
            "example STEWARD_WEB__HOSTS='[\"steward.example\"]', or listen on one address. '[\"*\"]' accepts any host, "
            "but then any web page can reach Steward from a reader's browser."
        )
    return tuple(dict.fromkeys(("127.0.0.1", "localhost", "::1", host, *(web.hosts or ()))))
