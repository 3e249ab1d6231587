"""Which words of force may replace which, and which must not be added or dropped."""

from __future__ import annotations

from collections.abc import Mapping

MAY_STAND_FOR: Mapping[str, frozenset[str]] = {
    "must": frozenset(["must"]),
    "should": frozenset(["should", "propose"]),
    "propose": frozenset(["should", "propose", "would", "plan"]),
    "may": frozenset(["may"]),
    "will": frozenset(["will", "would", "due"]),
    "due": frozenset(["due", "will", "would", "plan", "expect", "decide", "promise", "must"]),
    "would": frozenset(["would", "will", "may", "should", "propose"]),
    "plan": frozenset(["plan", "will", "due", "promise", "propose"]),
    "expect": frozenset(["expect", "will", "due"]),
    "promise": frozenset(["promise", "decide"]),
    "decide": frozenset(["decide", "promise"]),
    "need-not": frozenset(["need-not"]),
    "all": frozenset(["all"]),
    "most": frozenset(["most"]),
    "many": frozenset(["many", "most", "some"]),
    "some": frozenset(["some", "many", "few", "not all"]),
    "few": frozenset(["few"]),
    "not all": frozenset(["not all", "some", "most"]),
    "always": frozenset(["always"]),
    "often": frozenset(["often"]),
    "sometimes": frozenset(["sometimes", "often"]),
    "rarely": frozenset(["rarely"]),
    "entirely": frozenset(["entirely"]),
    "mostly": frozenset(["mostly"]),
    "partly": frozenset(["partly"]),
    "only": frozenset(["only"]),
    "by": frozenset(["by", "before"]),
    "before": frozenset(["before"]),
    "until": frozenset(["until"]),
    "after": frozenset(["after", "since"]),
    "since": frozenset(["since", "after"]),
    "least": frozenset(["least"]),
    "nearly": frozenset(["nearly"]),
    "about": frozenset(["about", "nearly"]),
}
"""For the class of a claim's word, the classes in the context that allow it."""
ADDED_HARD = frozenset(
    "must/should/may/will/decide/promise/need-not/all/most/few/not all/always/rarely/entirely/only".split("/")
)
"""Classes that a claim must not add."""
DROPPED_HARD = frozenset(
    "must/should/may/plan/expect/promise/need-not/some/most/few/not all/rarely/sometimes/often/mostly/partly".split("/")
)
"""Classes that a claim must not drop."""
