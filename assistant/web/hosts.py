"""Which names of hosts the app answers to: on this machine alone, only this machine's own."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

OWN_NAMES = ("127.0.0.1", "localhost", "::1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on reaches this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def host_check(host: str, names: Sequence[str] = ()) -> list[Middleware]:
    """What refuses requests under another name, where the app listens on loopback or the settings give ``names``.

    A web page elsewhere can have its own name lead to 127.0.0.1, and its scripts then reach the app as if they were
    the app's (DNS rebinding). Neither Gradio nor its MCP server looks at the name.
    """
    if not names and not is_loopback(host):
        return []
    return [Middleware(TrustedHostMiddleware, allowed_hosts=[*OWN_NAMES, host, *names], www_redirect=False)]
