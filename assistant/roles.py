"""Who somebody is to Steward: a name with a role, and what each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Role = Literal["reader", "contributor", "reviewer", "librarian", "auditor"]
Permission = Literal["contribute", "review", "change-library", "read-audit"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Every role, in the order in which one counts where somebody has several: whoever audits does nothing else."""
PERMISSIONS: Mapping[Role, tuple[Permission, ...]] = MappingProxyType(
    {
        "reader": (),
        "contributor": ("contribute",),
        "reviewer": ("contribute", "review"),
        "librarian": ("contribute", "review", "change-library"),
        "auditor": ("read-audit",),
    }
)
"""What a role may do besides reading: write cases; accept and retire them; change the documents that everybody sees;
read the audit log."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is known by name, and acts in a role."""

    name: str
    """As the history of cases shows it."""
    role: Role

    def may(self, permission: Permission) -> bool:
        """Return whether their role has a permission."""
        return may(self.role, permission)


def may(role: Role, permission: Permission) -> bool:
    """Return whether a role has a permission.

    >>> may("librarian", "review"), may("auditor", "contribute")
    (True, False)
    """
    return permission in PERMISSIONS[role]


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that have a permission."""
    return tuple(role for role in ROLES if may(role, permission))
