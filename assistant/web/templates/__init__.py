"""The page's HTML as Jinja2 templates, which escape every value that no template made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.text.dates import date_in_words
from assistant.text.quoting import authority_words, heading_path

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_TEMPLATES.globals["authority_words"] = authority_words
_TEMPLATES.filters |= {"in_words": date_in_words, "path": heading_path}


def render(name: str, **values: Any) -> str:
    """Return the template ``name`` filled with values; those of type `Markup` are HTML already."""
    return _TEMPLATES.get_template(f"{name}.html").render(values)
