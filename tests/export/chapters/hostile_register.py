"""The small register with hostile words in every field, kept in memory."""

from __future__ import annotations

from dataclasses import replace

from assistant.library import Library
from assistant.registers.entries import Precedent, PrecedentSource, Recommendation, Registers

URL = "https://example.org/bells"


def hostile_register(register: Library, text: str) -> Library:
    """The assistant with one case and one recommendation that say nothing but ``text``."""
    text = text.replace("\ud800", "")  # which no entry can hold
    # Past the register's own checks, which refuse most of such words.
    source = PrecedentSource.model_construct(
        document="harbour-plan", section="boats", pages=text, quote=text, publisher=text, title=text, part=text, url=URL
    )
    further = PrecedentSource.model_construct(publisher=text, title=text, published=text, url=f"javascript:{text}")
    case = Precedent.model_construct(
        id="case",
        title=text,
        organisation=text,
        place=text,
        country=text,
        level="local",
        period=text,
        sectors=(text,),
        shift=("stewardship",),
        theme=text,
        polarity="proposed",
        summary=text,
        lesson=text,
        source=(source, further),
        url="javascript:alert(1)",
    )
    recommendation = Recommendation.model_construct(
        id="recommendation",
        document="tide-report",
        text=text,
        actor=text,
        theme=text,
        section="wardens",
        pages="3",
        shift=("stewardship",),
        related=("case",),
        timeframe=text,
    )
    return replace(register, registers=Registers((recommendation,), (case,)))


HOSTILE_ITEMS = ({"case": "case"}, {"recommendation": "recommendation"})
