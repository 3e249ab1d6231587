"""Forms of the verbs that stand as main verbs in the library."""

from __future__ import annotations

_REGULAR = (
    "accept add admit adopt agree aim allow announce answer appear apply appoint approve argue arrange ask "
    "assemble balance bar bind call cause chair change cite claim close combine commit communicate conclude "
    "confirm consider consult contain convene cooperate count cover create credit decide define demand depend "
    "describe design develop devote differ discourage encourage enlist establish estimate examine expand expect "
    "explain explore face favour fear finish follow fund gain gather help highlight identify impose improve "
    "include increase insist inspire introduce invite involve join judge kick lack last launch lift limit link "
    "list locate manage mark marry measure mention merge mobilise move name need note object observe offer open "
    "oppose organise own pass place plan point prefer present promise promote propose protect provide publicise "
    "publish question raise reach recall receive recognise recommend record reform refuse regard regret reject "
    "relate release rely remain remind repeat replace report represent require reserve respond rest restore "
    "reveal review seem select serve settle share shift signal sort sound span start state stop strengthen stress "
    "stretch struggle study succeed suffer suggest suit supply support survey tackle talk tend test touch trace "
    "train transfer treat try turn underline urge use vary vote want warn watch weigh welcome widen work worry"
)
_IRREGULAR = (
    "be/was/been become/became/become begin/began/begun bring/brought/brought build/built/built buy/bought/bought "
    "choose/chose/chosen come/came/come cut/cut/cut do/did/done draw/drew/drawn fall/fell/fallen find/found/found "
    "fit/fitted/fitted give/gave/given go/went/gone grow/grew/grown have/had/had hold/held/held keep/kept/kept "
    "know/knew/known lay/laid/laid lead/led/led leave/left/left lie/lay/lain make/made/made mean/meant/meant "
    "meet/met/met pay/paid/paid put/put/put read/read/read rise/rose/risen run/ran/run say/said/said see/saw/seen "
    "seek/sought/sought set/set/set show/showed/shown sit/sat/sat spend/spent/spent spread/spread/spread "
    "stand/stood/stood take/took/taken tell/told/told think/thought/thought undertake/undertook/undertaken "
    "win/won/won write/wrote/written"
)

_DOUBLED = frozenset("admit bar commit plan prefer regret stop transfer".split())
"""Verbs whose last letter is written twice before "-ed"."""


def singular(base: str) -> str:
    """The form that goes with "it".

    >>> singular("try"), singular("pass"), singular("welcome")
    ('tries', 'passes', 'welcomes')
    """
    if base in ("do", "go"):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x")) else "s")


def past(base: str) -> str:
    """The regular past form.

    >>> past("plan"), past("identify"), past("welcome"), past("need")
    ('planned', 'identified', 'welcomed', 'needed')
    """
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeou":
        return base[:-1] + "ied"
    return base + (base[-1] if base in _DOUBLED else "") + "ed"


_VERBS = _REGULAR.split()
_FORMS = {base: (second, third) for base, second, third in (forms.split("/") for forms in _IRREGULAR.split())}
BASE_FORMS = frozenset((*_VERBS, *_FORMS)) - {"be", "do"}
SINGULARS = {singular(base): base for base in BASE_FORMS if base != "have"} | {"has": "have"}
"""Third person singular to base form."""
PASTS = {past(base): base for base in _VERBS} | {second: base for base, (second, _) in _FORMS.items() if base != "be"}
"""Past to base form."""
PARTICIPLES = frozenset(third for _, third in _FORMS.values())
"""Irregular participles."""
