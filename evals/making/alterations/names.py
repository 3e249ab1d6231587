"""Persons, bodies and places of the library, in groups whose members can stand for one another in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.making.alterations.change import Alteration, Edit, pick, pick_edit, stands_in, upper_first

NAMES: tuple[tuple[str, ...], ...] = (
    # Politicians, by the pronoun that may follow.
    ("Keir Starmer", "Pat McFadden", "Matthew Pennycook", "Steve Reed", "Jim McMahon", "Darren Jones", "Torsten Bell",
     "Andy Burnham", "Wes Streeting", "Barry Gardiner", "Brendan O'Hara", "David Cameron", "Boris Johnson"),
    ("Angela Rayner", "Miatta Fahnbulleh", "Kemi Badenoch", "Claire Coutinho", "Ellie Reeves", "Georgia Gould",
     "Theresa May"),
    ("Starmer", "McFadden", "Burnham", "Cameron", "Pennycook", "Streeting"),
    # Scholars and others who comment.
    ("Colin Mayer", "Will Hutton", "Pedro Telles", "Tim Gardner", "Peter Thomas", "Joe Hill", "Alan Milburn",
     "Sam Freedman"),
    ("Jessica Studdert", "Sarah Woolnough", "Sarah Cattan", "Molly Bishop", "Clara Swinson", "Mariana Mazzucato"),
    ("Mazzucato", "Swinson", "Studdert"),
    ("Telles", "Mayer", "Hutton"),
    # Bodies, by the article that goes with them.
    ("Demos", "Nesta", "NCVO", "New Local", "IPPR", "Full Fact", "Public Digital", "Pro Bono Economics"),
    ("RICS", "ACEVO", "Bond", "NAVCA", "techUK", "Social Enterprise UK"),
    ("Capsticks", "Browne Jacobson", "Fieldfisher", "DLA Piper", "Trowers & Hamlins", "Deloitte"),
    ("BBC Verify", "POLITICO", "LabourList"),
    ("the Institute for Government", "the Resolution Foundation", "the King's Fund", "the Health Foundation",
     "the Nuffield Trust", "the Future Governance Forum", "the Centre for Young Lives", "the British Academy",
     "the Centre for Progressive Policy", "the Centre for Net Zero", "the Institute for Fiscal Studies"),
    ("the National Audit Office", "the Public Accounts Committee", "the Office for Budget Responsibility",
     "the Office for Statistics Regulation", "the National Infrastructure Commission", "the Low Pay Commission"),
    ("the NAO", "the OBR"),
    ("the IfG", "the LGA", "the IFS"),
    ("the Local Government Association", "the County Councils Network", "the District Councils' Network"),
    ("the Cabinet Office", "HM Treasury", "the Home Office", "the Department for Education", "the Ministry of Justice",
     "the Ministry of Defence", "the Department for Business and Trade", "the Department for Culture, Media and Sport"),
    ("the Treasury", "the Cabinet Office", "the Home Office"),
    ("DCMS", "DSIT", "DBT", "MHCLG"),
    ("the Mission Delivery Unit", "the Partnerships Unit", "the Government Digital Service"),
    ("the Prime Minister", "the Chancellor", "the Deputy Prime Minister"),
    ("Labour", "Reform UK"),
    ("the CBI", "the TUC"),
    ("the Crown Commercial Service", "the Procurement Review Unit", "the Driver and Vehicle Licensing Agency"),
    ("Homes England", "Great British Energy", "Great British Railways"),
    ("ministers", "mayors"),
)  # fmt: skip

PLACES: tuple[tuple[str, ...], ...] = (
    ("Greater Manchester", "West Yorkshire", "South Yorkshire", "Liverpool City Region", "Greater Essex"),
    ("the West Midlands", "the North East"),
    ("Manchester", "Sheffield", "Liverpool", "Birmingham", "Coventry", "Plymouth", "Preston", "Newcastle", "Edinburgh"),
    ("Barnsley", "Rochdale", "Gateshead", "Luton", "Woking"),
    ("Surrey", "Kent", "Lancashire", "Essex", "Cumbria"),
    ("Camden", "Barking and Dagenham", "Gateshead"),
    ("Plymouth City Council", "Preston City Council", "Manchester City Council", "Westminster City Council"),
    ("England", "Wales", "Scotland", "Northern Ireland"),
    ("English", "Welsh", "Scottish"),
    ("Germany", "France"),
    ("British", "German", "French"),
    ("Britain", "Germany", "France"),
    ("the UK", "Germany", "France"),
    ("UK", "German", "French"),
    ("London", "Birmingham", "Manchester"),
    ("Whitehall", "Holyrood", "Brussels"),
)  # fmt: skip
STAND_INS = frozenset(("Germany", "France", "German", "French", "Holyrood", "Brussels"))
"""Places that only stand in for others."""

# Longer names that hold one of those above, and are not to be cut up.
_WHOLE = re.compile(
    r"Reform UK|Social Enterprise UK|Innovate UK|UK Steel|Great British \w+|Homes England|NHS England|Bank of England|"
    r"Greater (?:Manchester|Lincolnshire)|East (?:Birmingham|Yorkshire)|City of London|"
    r"Department for Culture, Media and Sport|We Make Camden|Liverpool City Region|Labour Party|English Devolution|"
    r"London Councils|British Academy|Great Britain|Better Business Act|Greater London Authority|Government of Britain|"
    r"Greater Essex|West Midlands Combined Authority|Angela Rayner|Theresa May|Wales Procurement Policy Statement|"
    r"University College London|London borough|Northern Ireland (?:bodies|arrangements|or)|Wales has its own Wales|"
    r"\b[Tt]he UK\b|whole UK|Alan Milburn|Epsom and Ewell"
)


def name(sentence: str, context: str) -> Alteration | None:
    """One person or body becomes another of its sort that the context does not name."""
    return pick_edit(list(_swaps(NAMES, sentence, context)), sentence, "name")


def place(sentence: str, context: str) -> Alteration | None:
    """One place becomes another of its sort that the context does not name."""
    return pick_edit(list(_swaps(PLACES, sentence, context)), sentence, "place")


def _swaps(groups: Sequence[Sequence[str]], sentence: str, context: str) -> Iterator[Edit]:
    whole = [found.span() for found in _WHOLE.finditer(sentence)]
    for group in groups:
        for member in (name_ for name_ in group if name_ not in STAND_INS):
            places = list(_places_of(member, sentence))
            others = [
                other
                for other in (group if places else ())
                if other != member and not stands_in(other.removeprefix("the "), context)
            ]
            for start, end in places:
                fit = [other for other in others if _takes_its_ending(member, other, sentence[end:])]
                inside = any(first <= start and end <= last and (start, end) != (first, last) for first, last in whole)
                if fit and not inside:
                    new = pick(fit, "swap", sentence, member)
                    yield Edit(start, end, upper_first(new) if sentence[start].isupper() else new)


def _places_of(member: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Where the name stands: not within a longer name, in brackets behind one or with its short form behind it."""
    if member[1:] not in sentence:
        return
    first = f"[{member[0].upper()}{member[0]}]{re.escape(member[1:])}" if member[0].islower() else re.escape(member)
    last = r"(?![\w-]| \(|&| [A-Z]|/)" if member not in ("ministers", "mayors") else r"(?![\w-])"
    for found in re.finditer(rf"(?<![\w/(-]){first}{last}", sentence):
        before = sentence[: found.start()]
        if member.startswith("the ") or not re.search(
            r"\b(?!(?:In|For|If|Yet|The|From|Outside) )[A-Z][\w']+ $", before
        ):
            yield found.span()


def _takes_its_ending(member: str, other: str, after: str) -> bool:
    return not after.startswith("'") or (member[-1] != "s" and other[-1] != "s")
