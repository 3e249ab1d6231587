"""Every function of the app with inputs made to break it: an answer or one clear sentence, in time, and no traceback.

The functions are those that the app registers, so that one cannot be added unseen.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.components.api_component import Api
from gradio.state_holder import SessionState
from starlette.datastructures import QueryParams

from assistant.deadlines import CALL_SECONDS, deadline
from assistant.errors import AssistantError
from assistant.library import Library
from assistant.web.api.endpoints import FAILED, Blocks
from assistant.web.api.parameters import Parameters
from assistant.web.api.programs import READING
from assistant.web.app import build_app
from assistant.web.door.value_sizes import BOX_CHARACTERS, MOST_CHARACTERS, bounded
from tests.choosing import few

pytestmark = pytest.mark.slow

MOST_SECONDS = 4 * CALL_SECONDS
"""Far more than any of these takes, on a machine that does much else."""
LONGEST_SENTENCE = 1_600
"""Of a message, which may repeat an id of 200 characters with each one escaped."""
HOSTILE = {
    "names": "Alba Bora Coda Dena " * 5_000,
    "numbers": "".join(f"{number} boats, " for number in range(900)) + "in 2024.",
    "huge numbers": "9" * 5_000 + " per cent of £" + "1" * 5_000 + "bn by 31 December 99999, 1e999 ²³/⁴ ٣٤ 0%",
    "brackets": "([{“‘" * 20_000,
    "quotes": "\"'“”‘’" * 16_000,
    "spaces": " " * BOX_CHARACTERS,
    "one word": "a" * BOX_CHARACTERS,
    "one name": "A" * BOX_CHARACTERS,
    "combining": "e\u0301\u0302" * 30_000,
    "right to left": "\u202eשלום עולם " * 9_000,
    "zero width": "\u200b\u200d\ufeff" * 30_000,
    "lone surrogate": "What of \ud800 and \udfff?",
    "NUL": "What\x00 of\x00 boats?\x00" * 100,
    "lines": "Boats?\n" * 10_000,
    "dots": "." * 50_000 + "?",
    "clauses": "and, but, not if unless " * 4_000,
    "acronyms": "ABC (Alpha Beta Coda) " * 4_000,
    "markup": "<a href='javascript:1'>" * 4_000,
    "words and a mark": "who what when where why how " * 3_000 + "?",
    "hyphens": "Public-Private-" * 6_000,
}


@pytest.fixture(scope="module")
def app(library: Library) -> Iterator[Blocks]:
    blocks = build_app(lambda: library)
    yield blocks
    blocks.close()


@pytest.fixture
def page(app: Blocks) -> SessionState:
    """What Gradio holds of one open page: making it takes longer than most functions."""
    return SessionState(app)


@pytest.mark.parametrize("text", few(HOSTILE, "numbers", "combining", "lone surrogate", "NUL", "markup"))
def test_every_function_answers_or_says_why_in_time(
    app: Blocks, page: SessionState, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {}
    for function in app.fns.values():
        if function.fn is None:
            continue
        said, seconds = call(app, page, function, [value_for(item, text) for item in function.inputs], text)
        if said.startswith(FAILED) or len(said) > LONGEST_SENTENCE or seconds > MOST_SECONDS:
            wrong[str(function.api_name)] = f"{seconds:.0f} s, {said[:LONGEST_SENTENCE]}"
    assert not wrong
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "values",
    [["a"] * 20_000, {"a": ["b"] * 20_000}, float("inf"), float("nan"), "a" * (MOST_CHARACTERS + 1), "deep"],
    ids=["many", "many within", "infinite", "no number", "long", "deep"],
)
def test_no_function_takes_more_than_any_could_need(app: Blocks, page: SessionState, values: Any) -> None:
    if values == "deep":
        values = []
        for _ in range(100):
            values = [values]
    for function in app.fns.values():
        if function.fn is not None and function.inputs:
            said, _ = call(app, page, function, [values for _ in function.inputs], "")
            assert not said.startswith(FAILED)
            assert 0 < len(said) <= LONGEST_SENTENCE, function.api_name


@pytest.mark.parametrize(
    ("name", "text"),
    # Of each tool a few texts, and each text in a few tools.
    few(
        {f"{name}-{kind}": (name, text) for name in READING for kind, text in HOSTILE.items()},
        *(f"{name}-{kind}" for n, name in enumerate(READING) for m, kind in enumerate(HOSTILE) if (n + m) % 5 == 0),
    ),
)
def test_every_tool_answers_or_says_why(app: Blocks, name: str, text: str) -> None:
    function: Any = next(item.fn for item in app.fns.values() if item.api_name == name)
    schema = Parameters(function.__wrapped__).schema()["properties"]
    given = {field: of_schema(kind, text) for field, kind in schema.items()}
    started = time.monotonic()
    said = "an answer"
    try:
        with deadline(CALL_SECONDS):
            function(*bounded(list(given.values())))
    except AssistantError as error:
        said = str(error)
    assert 0 < len(said) <= LONGEST_SENTENCE
    assert time.monotonic() - started < MOST_SECONDS


def call(app: Blocks, page: SessionState, function: Any, values: list[Any], text: str) -> tuple[str, float]:
    """What was said in place of an answer, and the seconds that it took."""
    names = ("action", "turn", "entry", "reason", "case", "value", "text", "name", "plan", "index")
    event = gr.EventData(None, dict.fromkeys(names, text))
    address = QueryParams([(name, text[:60_000]) for name in ("q", "document", "authority", "from", "as_at", "case")])
    request = gr.Request(username=None, session_hash="hostile", query_params=address)
    started = time.monotonic()

    async def run() -> None:
        await app.process_api(function, values, page, request=request, event_data=event)

    said = ""
    try:
        asyncio.run(run())
    except gr.Error as error:
        said = str(error.message)
    except Exception as error:
        said = f"{FAILED} ({error!r:.200})"
    return said, time.monotonic() - started


def value_for(component: Any, text: str) -> Any:
    """A value of the kind that a component gives, with the text wherever one may stand."""
    match component:
        case Api():
            return of_schema(component.api_info(), text)
        case gr.Textbox() | gr.BrowserState():
            return text[: getattr(component, "max_length", None) or BOX_CHARACTERS]
        case gr.Number():
            return 10**9
        case gr.Checkbox():
            return True
        case gr.Dataset():
            return 0
        case gr.CheckboxGroup():
            return []
        case gr.Dropdown() if component.multiselect:
            return []
    return None


def of_schema(schema: dict[str, Any], text: str) -> Any:
    """A value that a schema allows, with the text wherever it may stand, and as much of it as it allows."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            return text[: schema.get("maxLength", BOX_CHARACTERS)]
        case "integer":
            return schema.get("maximum", 10)
        case "array":
            return [of_schema(schema["items"], text) for _ in range(min(schema.get("maxItems", 1), 3))]
        case "object":
            return {name: of_schema(inner, text) for name, inner in schema.get("properties", {}).items()}
    return schema.get("default")
