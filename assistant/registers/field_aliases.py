"""Names that people use where a register's field says something else.

Left: a name as asked, in any number and case. Right: the names in the field that it stands for; ``=`` in front means
that the field must say exactly that, otherwise it may say more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Field = Literal[
    "document", "addressee", "theme", "place", "organisation", "outcome", "level", "timeframe", "year", "shift"
]
Names = Mapping[str, tuple[str, ...]]

_COUNCILS = (
    "=local authorities",
    "=local government",
    "local and regional authorities",
    "regional and local government",
    "central and local government",
)
_MAYORS = ("Combined/Strategic Authorities",)
_REGIONS = (*_MAYORS, "local and regional authorities", "regional and local government")
_GOVERNMENT = ("=UK Government", "=Central government")
_CHARITIES = ("Civil society organisations",)
_BUYERS = ("contracting authorities", "procurement teams")
_BUSINESSES = ("businesses", "employers", "SMEs", "larger suppliers")
_SMALL_FIRMS = ("SMEs",)
_NO_10 = ("No. 10",)

_ADDRESSEES: Names = {
    "government": _GOVERNMENT,
    "national government": _GOVERNMENT,
    "whitehall": _GOVERNMENT,
    "treasury": ("HM Treasury",),
    "hmt": ("HM Treasury",),
    "chancellor": ("HM Treasury",),
    "number 10": _NO_10,
    "number ten": _NO_10,
    "no10": _NO_10,
    "downing street": _NO_10,
    "pm": ("Prime Minister",),
    "gds": ("Government Digital Service",),
    "isac": ("Industrial Strategy Advisory Council",),
    "mdu": ("Mission Delivery Unit",),
    "culture department": ("Department for Culture, Media and Sport",),
    "science department": ("Department for Science, Innovation and Technology",),
    "housing ministry": ("Ministry of Housing, Communities and Local Government",),
    "minister": ("=Ministers",),
    "official": ("civil servants", "Permanent Secretaries"),
    "mp": ("=Parliament",),
    "mayor": _MAYORS,
    "metro mayor": _MAYORS,
    "combined authority": _MAYORS,
    "strategic authority": _MAYORS,
    "mayoral authority": _MAYORS,
    "region": _REGIONS,
    "regional authority": _REGIONS,
    "regional government": _REGIONS,
    "council": _COUNCILS,
    "local council": _COUNCILS,
    "local authority": _COUNCILS,
    "local government": _COUNCILS,
    "town hall": _COUNCILS,
    "buyer": _BUYERS,
    "public buyer": _BUYERS,
    "commissioner": _BUYERS,
    "charity": _CHARITIES,
    "civil society": _CHARITIES,
    "community group": _CHARITIES,
    "voluntary organisation": _CHARITIES,
    "voluntary sector": _CHARITIES,
    "vcse": _CHARITIES,
    "business": _BUSINESSES,
    "company": _BUSINESSES,
    "firm": _BUSINESSES,
    "small business": _SMALL_FIRMS,
    "small firm": _SMALL_FIRMS,
    "sme": _SMALL_FIRMS,
    "infrastructure body": ("local infrastructure organisations",),
}

_THEMES: Names = {
    "council": ("=councils", "local government"),
    "local authority": ("=councils", "local government"),
    "local government": ("=councils", "local government"),
    "buying": ("procurement",),
    "commissioning": ("procurement",),
    "public contract": ("procurement",),
    "purchasing": ("procurement",),
    "tendering": ("procurement",),
    "charity": ("civil society", "voluntary sector"),
    "voluntary organisation": ("civil society", "voluntary sector"),
    "company": ("business",),
    "firm": ("business",),
    "union": ("trade unions",),
    "nhs": ("health", "NHS waiting times"),
    "public engagement": ("=participation",),
    "public participation": ("=participation",),
    "technology": ("digital",),
}

_PLACES: Names = {
    "welsh": ("Wales",),
    "english": ("England",),
    "german": ("Germany",),
    "french": ("France",),
    "uk": ("United Kingdom",),
    "britain": ("Great Britain", "United Kingdom"),
}

_WORKED = ("=worked",)
_FAILED = ("=failed",)
_MIXED = ("=mixed",)
_PROPOSED = ("=proposed",)
_ONGOING = ("=ongoing",)
_OUTCOMES: Names = {
    "work": _WORKED,
    "success": _WORKED,
    "successful": _WORKED,
    "succeed": _WORKED,
    "turned out well": _WORKED,
    "went well": _WORKED,
    "best practice": _WORKED,
    "good practice": _WORKED,
    "fail": _FAILED,
    "failure": _FAILED,
    "unsuccessful": _FAILED,
    "not work": _FAILED,
    "turned out badly": _FAILED,
    "went wrong": _FAILED,
    "partly worked": _MIXED,
    "mixed": _MIXED,
    "propose": _PROPOSED,
    "not yet tried": _PROPOSED,
    "untried": _PROPOSED,
    "in progress": _ONGOING,
    "under way": _ONGOING,
    "underway": _ONGOING,
    "running": _ONGOING,
}

_LEVELS: Names = {
    "abroad": ("=international",),
    "foreign": ("=international",),
    "other countries": ("=international",),
    "outside uk": ("=international",),
    "overseas": ("=international",),
}

OTHER_NAMES: Mapping[Field, Names] = {
    "addressee": _ADDRESSEES,
    "theme": _THEMES,
    "place": _PLACES,
    "organisation": {name: _ADDRESSEES[name] for name in ("treasury", "hmt", "pm", "gds", "isac")}
    | dict.fromkeys(("number 10", "number ten", "no10", "downing street"), ("No 10",)),
    "outcome": _OUTCOMES,
    "level": _LEVELS,
}

SAYS_LITTLE = (
    "access authority cause central change civil commission council cost delivery department design first four full "
    "general government growth kingdom learn local member mission ministry model national network new no not "
    "office organisation other plan power programme public reform regional sector service shared social society "
    "state strategy study system team test time united value work".split()
)
"""Words that name nothing on their own, though a field holds them: "local" in "local authorities"."""
