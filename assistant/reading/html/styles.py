"""What the style sheets inside a page say of an element, as far as it can hide words.

Followed are rules that hold on every screen, with selectors of tags, classes, identifiers, attributes and combinators.
Rules with pseudo-classes are passed over, and so are variables and sheets outside the file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

Element = Any
"""An lxml element; lxml ships without type information."""
Rank = tuple[bool, bool, int, int, int, int]
"""Important, inline, identifiers, classes, tags, order: of two values for one property the higher rank holds."""
Declaration = tuple[str, str, bool]
"""Property, value, and whether it is important."""

_READ = frozenset(
    "display visibility content-visibility opacity overflow overflow-x overflow-y height max-height width max-width "
    "left top right text-indent margin-left clip clip-path transform font-size color -webkit-text-fill-color "
    "background-color background-image".split()
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.S)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^\n]))")
_IMPORTANT = re.compile(r"!\s*important\s*$", re.I)
_COLOUR = re.compile(r"#[0-9a-f]+\b|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")
_FONT_SIZE = re.compile(r"(?:^|\s)(0|\d*\.?\d+(?:px|pt|em|rem|%))(?=[/\s])")

_NAME = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?|\\[^\n])+"
_PART = re.compile(
    rf"\[\s*(?P<name>{_NAME})\s*(?:(?P<how>[~|^$*]?=)\s*(?P<value>\"[^\"]*\"|'[^']*'|{_NAME})\s*)?\]"
    rf"|\.(?P<class>{_NAME})|#(?P<id>{_NAME})|(?P<tag>\*|{_NAME})"
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_MOST_COMBINATORS = 20
_MOST_SIBLINGS = 100
_DEEPEST_GROUP = 20
_GROUP = re.compile(r"@(media|supports|layer)\b(.*)", re.I | re.S)
_EVERY_SCREEN = re.compile(
    r"(?:(?:only )?(?:all|screen))?(?:(?:^| and )\(min-width ?: ?(?P<least>\d*\.?\d+)(?P<unit>px|r?em|)\))?"
)
_NARROWEST = {"px": 320.0, "em": 20.0, "rem": 20.0, "": 0.0}


@dataclass(frozen=True, slots=True)
class _Compound:
    """Conditions on one element: a selector, or its part between two combinators."""

    tags: frozenset[str]
    ids: frozenset[str]
    classes: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...]
    """Name, operator (may be empty) and value."""

    @property
    def key(self) -> str:
        """What every element that meets the conditions has, as `keys_of` gives it."""
        named = [*(f"#{name}" for name in self.ids), *(f".{name}" for name in self.classes), *self.tags]
        return named[0] if named else "*"

    def matches(self, element: Element) -> bool:
        return (
            self.tags <= {element.tag}
            and self.ids <= {element.get("id")}
            and (not self.classes or self.classes <= set((element.get("class") or "").split()))
            and all(_has(element.get(name), how, value) for name, how, value in self.attributes)
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    last: _Compound
    before: tuple[tuple[str, _Compound], ...]
    """From right to left: the combinator, and the conditions on its left."""
    declarations: tuple[tuple[str, str, Rank], ...]

    @property
    def outer_key(self) -> str:
        """What an element around has wherever the rule holds."""
        around = (compound.key for combinator, compound in self.before if combinator in " >")
        return next((key for key in around if key[0] in "#."), "*")

    def matches(self, element: Element) -> bool:
        reached = [element] if self.last.matches(element) else []
        for combinator, compound in self.before:
            # All ways through the tree at once: trying them in turn may take forever.
            others = {other: None for each in reached for other in _reachable(each, combinator)}
            reached = [other for other in others if compound.matches(other)]
        return bool(reached)


class StyleSheet:
    """The rules of style sheets, in order."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, list[_Rule]]] = defaultdict(lambda: defaultdict(list))
        """By the key of the element and by that of an element around: sheets have thousands of rules."""
        self._order = 0

    def add(self, text: str) -> None:
        """Add a sheet behind those known."""
        for selectors, body in _blocks(_STRING.sub(_without_braces, _COMMENT.sub(" ", text))):
            declared = list(_declarations(body))
            for selector in selectors.split(",") if declared else ():
                if compounds := _compounds(selector):
                    self._add(compounds, declared)

    def _add(self, parts: list[tuple[str, _Compound]], declared: list[Declaration]) -> None:
        self._order += 1
        compounds = [compound for _, compound in parts]
        ids = sum(len(each.ids) for each in compounds)
        classes = sum(len(each.classes) + len(each.attributes) for each in compounds)
        tags = sum(len(each.tags) for each in compounds)
        ranked = tuple(
            (name, value, (heavy, False, ids, classes, tags, self._order)) for name, value, heavy in declared
        )
        combinators = [combinator for combinator, _ in parts[1:]]
        before = tuple(zip(reversed(combinators), reversed(compounds[:-1]), strict=True))
        rule = _Rule(compounds[-1], before, ranked)
        self._rules[rule.last.key][rule.outer_key].append(rule)

    def declarations(self, element: Element, around: Collection[str]) -> dict[str, str]:
        """The value that holds for each property of an element, its own ``style`` included, in small letters.

        ``around``: the keys (`keys_of`) of all elements around it.
        """
        found: dict[str, tuple[Rank, str]] = {}
        for rule in self._candidates(element, around) if self._rules else ():
            if rule.matches(element):
                _apply(found, rule.declarations)
        inline = _declarations(_COMMENT.sub(" ", element.get("style") or ""))
        _apply(found, ((name, value, (heavy, True, 0, 0, 0, at)) for at, (name, value, heavy) in enumerate(inline)))
        return {name: value for name, (_, value) in found.items()}

    def _candidates(self, element: Element, around: Collection[str]) -> Iterator[_Rule]:
        for key in keys_of(element):
            if rules := self._rules.get(key):
                yield from rules.get("*", ())
                outer = around if len(around) < len(rules) else rules
                for name in outer:
                    if name != "*" and name in rules and name in around:
                        yield from rules[name]


def keys_of(element: Element) -> list[str]:
    """Identifier, classes and tag of an element as keys of rules, and the key of all elements."""
    classes = (f".{name}" for name in set((element.get("class") or "").split()))
    return [f"#{element.get('id')}", *classes, element.tag, "*"]


def collect_styles(page: Element) -> StyleSheet:
    """The style sheets that stand in a page and hold on every screen."""
    sheet = StyleSheet()
    for element in page.iter("style"):
        is_css = (element.get("type") or "text/css").strip().lower() == "text/css"
        is_used = not any(outer.tag in ("noscript", "template") for outer in element.iterancestors())
        if is_css and is_used and _is_on_every_screen(element.get("media") or "all"):
            sheet.add("".join(element.itertext()))
    return sheet


def _is_on_every_screen(media: str) -> bool:
    """Whether a media query holds on every screen, however narrow."""
    for query in " ".join(media.lower().split()).split(","):
        found = _EVERY_SCREEN.fullmatch(query.strip())
        if found and float(found["least"] or 0) <= _NARROWEST[found["unit"] or ""]:
            return True
    return False


def _apply(found: dict[str, tuple[Rank, str]], declarations: Iterable[tuple[str, str, Rank]]) -> None:
    for name, value, rank in declarations:
        if name not in found or found[name][0] <= rank:
            found[name] = (rank, value)


# Reading sheets.


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold on every screen; rules inside rules are passed over."""
    preludes: list[str] = []
    start = 0
    for sign in re.finditer("[{};]", css):
        text = css[start : sign.start()]
        in_rule = bool(preludes) and not preludes[-1].startswith("@")
        if sign[0] == ";" and in_rule:
            continue
        start = sign.end()
        if sign[0] == "{":
            declared, _, prelude = text.rpartition(";") if in_rule else ("", "", text)
            if declared and _holds(preludes):
                yield preludes[-1], declared
            preludes.append(prelude.strip())
        elif sign[0] == "}" and preludes:
            if in_rule and _holds(preludes):
                yield preludes[-1], text
            preludes.pop()
    if preludes and not preludes[-1].startswith("@") and _holds(preludes):  # the end closes what is open
        yield preludes[-1], css[start:]


def _holds(preludes: list[str]) -> bool:
    """Whether a rule holds within the groups around it."""
    if len(preludes) > _DEEPEST_GROUP:
        return False
    for prelude in preludes[:-1]:
        group = _GROUP.fullmatch(prelude)
        if group is None or (group[1].lower() == "media" and not _is_on_every_screen(group[2])):
            return False
        if group[1].lower() == "supports" and re.search(r"\bnot\b", group[2], re.I):
            return False
    return True


def _declarations(body: str) -> Iterator[Declaration]:
    for piece in body.split(";"):
        name, _, value = piece.partition(":")
        name = _unescape(name).strip().lower()
        plain = _IMPORTANT.sub("", _unescape(value).strip())
        heavy = len(plain) < len(_unescape(value).strip())
        plain = re.sub(r"\s*([,()/])\s*", r"\1", " ".join(plain.lower().split()))
        for single, said in _singles(name, plain):
            if single in _READ and said:
                yield single, said, heavy


def _singles(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A declaration as those that it stands for."""
    if name == "background":
        has_image = "url(" in value or "gradient(" in value or "image" in value
        colours = [word for word in _COLOUR.findall(value) if word not in ("none", "no", "repeat", "scroll", "fixed")]
        yield "background-image", "image" if has_image else "none"
        yield "background-color", (colours[-1] if colours and not has_image else "") or "transparent"
    elif name == "font":
        found = _FONT_SIZE.search(f"{value} ")
        yield "font-size", found[1] if found else ""
    elif name in ("scale", "translate"):
        yield "transform", f"{name}({value.replace(' ', ',')})"
    else:
        yield name, value


def _compounds(selector: str) -> list[tuple[str, _Compound]]:
    """Combinators (empty for the first) and conditions from left to right; none for a selector that is not followed."""
    selector = selector.strip().replace(":root", "html")
    parts: list[tuple[str, _Compound]] = []
    combinator, at = "", 0
    while len(parts) <= _MOST_COMBINATORS:
        found: dict[str, list[str]] = defaultdict(list)
        attributes = []
        while at < len(selector) and (part := _PART.match(selector, at)):
            at = part.end()
            if part["name"]:
                attributes.append(
                    (part["name"].lower(), part["how"] or "", _unescape(part["value"] or "").strip("\"'"))
                )
            else:
                found[part.lastgroup or ""].append(_unescape(part[part.lastgroup or 0]))
        if not found and not attributes:
            break
        tags = {tag.lower() for tag in found["tag"]} - {"*"}
        parts.append(
            (
                combinator,
                _Compound(frozenset(tags), frozenset(found["id"]), frozenset(found["class"]), tuple(attributes)),
            )
        )
        if at == len(selector):
            return parts
        joint = _COMBINATOR.match(selector, at)
        if joint is None:
            break
        combinator, at = joint[1] or " ", joint.end()
    return []


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _character(int(found[1], 16)) if found[1] else found[2], text)


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"


def _without_braces(string: re.Match[str]) -> str:
    return re.sub("[{};,]", " ", string[0])


# Matching.


def _reachable(element: Element, combinator: str) -> Iterator[Element]:
    """The elements that may stand on the left of a combinator."""
    if combinator == " ":
        yield from element.iterancestors()
    elif combinator == ">":
        parent = element.getparent()
        yield from () if parent is None else (parent,)
    else:
        most = 1 if combinator == "+" else _MOST_SIBLINGS
        yield from islice(element.itersiblings(preceding=True), most)


def _has(value: str | None, how: str, wanted: str) -> bool:
    """Whether an attribute meets a condition."""
    if value is None:
        return False
    match how:
        case "":
            return True
        case "=":
            return value == wanted
        case "~=":
            return wanted in value.split()
        case "|=":
            return value == wanted or value.startswith(f"{wanted}-")
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
        case _:
            return bool(wanted) and wanted in value
