"""Marks claims in a terminal, for those without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from assistant.records import Verdict
from evals.labelling.labels import LABELS, LabelError, LabelItem, add_label, load_labels, next_item, take_back

_KEYS: Mapping[str, Verdict] = {
    "1": "supported",
    "s": "supported",
    "2": "partly",
    "p": "partly",
    "3": "unsupported",
    "u": "unsupported",
}
_ASKED = "1 supported, 2 partly, 3 unsupported, b back (take the last label back), q quit: "


def label_in_terminal(
    items: Sequence[LabelItem],
    rater: str,
    folder: Path = LABELS,
    ask: Callable[[str], str] = input,
    say: Callable[[str], None] = print,
) -> int:
    """Shows the claims that the rater has not marked, one at a time; returns how many of the set are marked at the end.

    Each label is kept as it is given, so that quitting, an end of input or an interrupt loses none.

    Raises:
        LabelError: the rater's name is no slug, or the file of labels is damaged.
    """
    by_id = {item.id: item for item in items}
    shown = next_item(items, load_labels(rater, folder))
    while shown is not None:
        say(f"\n{_marked(items, load_labels(rater, folder))} of {len(items)}\n\nClaim:\n{_plain(shown.claim)}")
        say(f"\nQuotes:\n{_plain(shown.context)}\n")
        try:
            said = ask(_ASKED).strip().lower()
            comment = ask("Comment (Enter for none): ").strip() if said in _KEYS else ""
        except EOFError:
            break
        if said == "q":
            break
        if said == "b":
            last = take_back(folder, rater)
            say("Taken back; here it is again." if last else "There is no label to take back.")
            shown = by_id.get(last.item, shown) if last else shown
        elif said in _KEYS:
            _keep(folder, rater, shown, _KEYS[said], comment, say)
            shown = next_item(items, load_labels(rater, folder))
        else:
            say(f"{_plain(said)[:20]!r} is none of the keys.")
    done = _marked(items, load_labels(rater, folder))
    say(f"{done} of {len(items)} marked.")
    return done


def _keep(
    folder: Path, rater: str, item: LabelItem, verdict: Verdict, comment: str, say: Callable[[str], None]
) -> None:
    try:
        add_label(folder, rater, item.id, verdict, comment)
    except LabelError as error:
        say(f"Not kept: {error}")


def _marked(items: Sequence[LabelItem], labels: Mapping[str, object]) -> int:
    return sum(item.id in labels for item in items)


def _plain(text: str) -> str:
    """Without control characters: a source's own must not reach the terminal."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)
