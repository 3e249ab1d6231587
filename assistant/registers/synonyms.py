"""Words with the same meaning in this field, so that a search for one finds the others."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CatalogueError
from assistant.text.terms import content_terms

SYNONYMS = "synonyms.toml"
Group = tuple[str, ...]


class _Synonyms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[tuple[str, ...], ...] = Field(min_length=1)


def load_synonyms(corpus: Path) -> tuple[Group, ...]:
    """Return the groups of ``registers/synonyms.toml``, in order; none without such a file.

    Raises:
        CatalogueError: the file is wrong, or a term is in two groups; names the file and the field or the term.
    """
    path = corpus / "registers" / SYNONYMS
    try:
        groups = _Synonyms.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).groups
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{path}, field {field}: found {first['input']!r}; {first['msg']}.") from error
    seen: set[str] = set()
    for term in (term for group in groups for term in group):
        if not content_terms(term):
            raise CatalogueError(f"{path}: the term {term!r} has no word that can be searched for. Take it out.")
        if term.casefold() in seen:
            raise CatalogueError(f"{path}: the term {term!r} is used twice. Keep it in one group.")
        seen.add(term.casefold())
    return groups


def same_meaning(words: str, groups: Iterable[Group]) -> tuple[str, ...]:
    """Return synonyms for the terms that some words contain, in the order of the groups.

    >>> same_meaning("charities bidding together", [("bidding together", "joint bid"), ("mayor", "city region")])
    ('joint bid',)
    """
    asked = content_terms(words)
    others: list[str] = []
    for group in groups:
        held = {term for term in group if _occur_in(content_terms(term), asked)}
        if held:
            others += [term for term in group if term not in held]
    return tuple(others)


def _occur_in(terms: list[str], asked: list[str]) -> bool:
    """Return whether ``terms`` stand side by side in ``asked``."""
    return any(asked[start : start + len(terms)] == terms for start in range(len(asked) - len(terms) + 1))
