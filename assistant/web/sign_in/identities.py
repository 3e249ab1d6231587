"""Who somebody is by what a provider or a proxy says of them, and what their groups let them do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import NotAllowedError
from assistant.roles import ROLES, Role
from assistant.settings import SignInSettings
from assistant.storage import Identity

PROXY = "proxy"
"""The issuer of identities that a proxy vouches for."""
NOT_ALLOWED = "Your account may not use Steward. Ask your administrator to put you in a group that may."


def identity_of_claims(claims: Mapping[str, Any], settings: SignInSettings) -> Identity:
    """Return who the checked claims of an id token name.

    Raises:
        NotAllowedError: none of their groups may use Steward.
    """
    names = [str(claims[name]) for name in ("name", "preferred_username", "email") if claims.get(name)]
    login = names[1] if len(names) > 1 else ""
    role = _role(_listed(claims, settings.groups_claim), settings)
    return Identity(str(claims["iss"]), str(claims["sub"]), names[0] if names else "", login, role)


def identity_of_headers(name: str, groups: Sequence[str], settings: SignInSettings) -> Identity:
    """Return who the headers of a trusted proxy name.

    Raises:
        NotAllowedError: none of their groups may use Steward.
    """
    return Identity(PROXY, name, name, role=_role(groups, settings))


def _role(groups: Sequence[str], settings: SignInSettings) -> Role | None:
    """Return the role that groups give; None where roles are kept in the database."""
    if settings.allowed is not None and not set(groups) & set(settings.allowed):
        raise NotAllowedError(NOT_ALLOWED)
    if settings.roles is None:
        return None
    found = [settings.roles[group] for group in groups if group in settings.roles]
    return max(found, key=ROLES.index, default="reader")


def _listed(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """Return the values of a claim, which may be one text, a list or missing; a name with dots may be nested."""
    value: Any = claims.get(claim)
    if value is None:
        value = claims
        for part in claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()
