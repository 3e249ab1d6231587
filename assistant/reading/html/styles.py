"""What the style sheets inside a page say of an element, as far as it can hide words.

tinycss2 reads the sheets and cssselect their selectors. Followed are rules that hold on every screen, with selectors of
tags, classes, identifiers, attributes and combinators. Rules with pseudo-classes are passed over, and so are variables
and sheets outside the file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

import cssselect
import tinycss2
from cssselect import parser

Element = Any
"""An lxml element; lxml ships without type information."""
Values = dict[str, str]
"""By property."""

_READ = frozenset(
    "display visibility content-visibility opacity overflow overflow-x overflow-y height max-height width max-width "
    "left top right text-indent margin-left clip clip-path transform scale translate font font-size color "
    "-webkit-text-fill-color background background-color background-image".split()
)
_ENDLESS_NUMBER = re.compile(r"(\d{300})\d+")
"""Python refuses to read numbers of thousands of digits."""
_COLOUR = re.compile(r"#[0-9a-f]+\b|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")
_FONT_SIZE = re.compile(r"(?:^|\s)(0|\d*\.?\d+(?:px|pt|em|rem|%))(?=[/\s])")
_LONGEST_SELECTOR = 500
"""Characters; cssselect goes through the parts of one by recursion."""
_MOST_STEPS = 20
_MOST_SIBLINGS = 100
_DEEPEST_GROUP = 20
_EVERY_SCREEN = re.compile(
    r"(?:(?:only )?(?:all|screen))?(?:(?:^| and )\(min-width ?: ?(?P<least>\d*\.?\d+)(?P<unit>px|r?em|)\))?"
)
_NARROWEST = {"px": 320.0, "em": 20.0, "rem": 20.0, "": 0.0}
_ATTRIBUTE_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """The part of a selector between two combinators."""

    combinator: str
    """On the left; empty for the first part."""
    keys: frozenset[str]
    """Some of `_keys_of` an element that meets the conditions."""
    attributes: list[tuple[str, str, str]]
    """Name, operator and value."""

    def find(self, elements: Mapping[str, set[Element]], left: set[Element]) -> set[Element]:
        """Of the elements by their keys those that meet the conditions and stand right of some that were found."""
        found = set.intersection(*(elements.get(key, set()) for key in self.keys))
        for name, how, wanted in self.attributes:
            found = {each for each in found if _ATTRIBUTE_TESTS[how](each.get(name), wanted)}
        if not self.combinator:
            return found
        return {each for each in found if not left.isdisjoint(_reachable(each, self.combinator))}


@dataclass(frozen=True, slots=True)
class _Rule:
    rank: tuple[tuple[int, int, int], int]
    """Specificity and order: of two rules the one that ranks higher holds."""
    steps: list[_Step]
    """From left to right."""
    values: tuple[Values, Values]
    """Ordinary and important ones."""

    def find(self, elements: Mapping[str, set[Element]]) -> set[Element]:
        """Of the elements by their keys those for which the rule holds."""
        found: set[Element] = set()
        for step in self.steps:
            found = step.find(elements, found)
            if not found:
                break
        return found


class StyleSheet:
    """The rules of style sheets, in order."""

    def __init__(self) -> None:
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        """By a key of their elements: a sheet has thousands of rules, most of them for other pages."""
        self._keys: set[str] = set()
        """Those that the rules name."""
        self._order = 0

    def add(self, text: str) -> None:
        """Add a sheet behind those known."""
        for rule in _rules(tinycss2.parse_stylesheet(_ENDLESS_NUMBER.sub(r"\1", text), skip_comments=True)):
            values = _values(rule.content)
            for is_comma, part in groupby(rule.prelude if any(values) else (), lambda piece: piece == ","):
                if not is_comma and (selector := _selector(_serialise(part))):
                    self._order += 1
                    specificity, steps = selector
                    self._keys.update(*(step.keys for step in steps))
                    self._rules[min(steps[-1].keys)].append(_Rule((specificity, self._order), steps, values))

    def values(self, page: Element) -> dict[Element, Values]:
        """What is said of the elements of a tree, by their own ``style`` too, in small letters."""
        elements: dict[str, set[Element]] = defaultdict(set)
        styled: list[tuple[Element, tuple[Values, Values]]] = []
        for element in page.iter():
            for key in self._keys & _keys_of(element) if self._keys else ():
                elements[key].add(element)
            if style := element.get("style"):
                styled.append((element, _values(_ENDLESS_NUMBER.sub(r"\1", style))))
        rules = [rule for key in elements for rule in self._rules.get(key, ())]
        rules.sort(key=lambda rule: rule.rank)
        said: dict[Element, Values] = defaultdict(dict)
        for is_important in (False, True):
            for rule in rules:
                for element in rule.find(elements) if rule.values[is_important] else ():
                    said[element].update(rule.values[is_important])
            for element, values in styled:
                said[element].update(values[is_important])
        return said


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


# Reading sheets.


def _rules(nodes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """The rules that hold on every screen; rules inside rules are passed over."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.content and depth < _DEEPEST_GROUP and _holds(node):
            yield from _rules(tinycss2.parse_blocks_contents(node.content), depth + 1)


def _holds(group: Any) -> bool:
    """Whether the rules in a group hold on every screen."""
    condition = _serialise(group.prelude)
    match group.lower_at_keyword:
        case "media":
            return _is_on_every_screen(condition)
        case "supports":
            return not re.search(r"\bnot\b", condition, re.I)
        case name:
            return bool(name == "layer")


def _values(body: str | list[Any]) -> tuple[Values, Values]:
    """What a rule or a ``style`` says: ordinary and important values, in small letters."""
    found: tuple[Values, Values] = ({}, {})
    for node in tinycss2.parse_blocks_contents(body, skip_comments=True):
        if node.type == "declaration" and node.lower_name in _READ:
            value = re.sub(r"\s*([,()/])\s*", r"\1", " ".join(_serialise(node.value).lower().split()))
            found[node.important].update(_singles(node.lower_name, value) if value else ())
    return found


def _singles(name: str, value: str) -> Values:
    """A declaration as those that it stands for."""
    match name:
        case "background":
            if "url(" in value or "gradient(" in value or "image" in value:
                return {"background-image": "image", "background-color": "transparent"}
            colours = [
                each for each in _COLOUR.findall(value) if each not in ("none", "no", "repeat", "scroll", "fixed")
            ]
            return {"background-image": "none", "background-color": colours[-1] if colours else "transparent"}
        case "font":
            size = _FONT_SIZE.search(f"{value} ")
            return {"font-size": size[1]} if size else {}
        case "scale" | "translate":
            return {"transform": f"{name}({value.replace(' ', ',')})"}
        case _:
            return {name: value}


def _serialise(tokens: Iterable[Any]) -> str:
    """Tokens as text, escapes undone; nothing where they nest too deeply."""
    try:
        return str(tinycss2.serialize(tokens))
    except RecursionError:
        return ""


# Selectors.


def _selector(text: str) -> tuple[tuple[int, int, int], list[_Step]] | None:
    """Specificity and steps of a selector; None for one that is not followed."""
    if len(text) > _LONGEST_SELECTOR:
        return None
    try:
        (parsed,) = cssselect.parse(text)
        steps: list[_Step] = []
        tree = parsed.parsed_tree
        while isinstance(tree, parser.CombinedSelector):
            steps.append(_step(tree.combinator, tree.subselector))
            tree = tree.selector
        steps.append(_step("", tree))
    except (cssselect.SelectorError, ValueError):
        return None
    is_followed = parsed.pseudo_element is None and len(steps) <= _MOST_STEPS
    return (parsed.specificity(), steps[::-1]) if is_followed else None


def _step(combinator: str, tree: parser.Tree) -> _Step:
    """One step.

    Raises:
        cssselect.ExpressionError: it is not followed.
    """
    keys: set[str] = set()
    attributes: list[tuple[str, str, str]] = []
    while not isinstance(tree, parser.Element):
        match tree:
            case parser.Hash():
                keys.add(f"#{tree.id}")
            case parser.Class():
                keys.add(f".{tree.class_name}")
            case parser.Pseudo(ident="root"):
                keys.add("html")
            case parser.Attrib(namespace=None, operator="exists"):
                keys.add(f"[{tree.attrib.lower()}")
            case parser.Attrib(namespace=None, value=parser.Token(value=str(wanted))) if _is_exact(tree):
                keys.add(f"[{tree.attrib.lower()}")
                attributes.append((tree.attrib.lower(), tree.operator, wanted))
            case _:
                raise cssselect.ExpressionError(f"{tree!r} is not followed.")
        tree = tree.selector
    if tree.namespace:
        raise cssselect.ExpressionError("Namespaces are not followed.")
    if tree.element:
        keys.add(tree.element.lower())
    return _Step(combinator, frozenset(keys or "*"), attributes)


def _is_exact(condition: parser.Attrib) -> bool:
    return condition.operator in _ATTRIBUTE_TESTS and not condition.canonical().endswith(" i]")


# Matching.


def _keys_of(element: Element) -> set[str]:
    """Identifier, classes, attributes and tag of an element as keys of rules, and the key of all elements."""
    classes = (f".{name}" for name in (element.get("class") or "").split())
    attributes = (f"[{name}" for name in element.keys())  # noqa: SIM118 (an element holds its children)
    return {f"#{element.get('id', '')}", element.tag, "*", *classes, *attributes}


def _reachable(element: Element, combinator: str) -> Iterator[Element]:
    """The elements that may stand on the left of a combinator."""
    if combinator in " >":
        return islice(element.iterancestors(), None if combinator == " " else 1)
    return islice(element.itersiblings(preceding=True), 1 if combinator == "+" else _MOST_SIBLINGS)
