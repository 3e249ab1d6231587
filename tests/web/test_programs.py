"""The functions for programs, called as programs call them: by `gradio_client` and by an MCP client, over loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from assistant import answering
from assistant.answering import Turn
from assistant.answering.comparison import compare_documents, comparison_record
from assistant.claims import verify
from assistant.claims.batch import verdict_record
from assistant.indexing.documents import list_documents
from assistant.json_records import answer_record, retrieved_record
from assistant.library import Library
from assistant.records import AnswerStatus
from assistant.web.api.programs import READING
from tests.web.serving import call_tool, served, with_tools

pytestmark = pytest.mark.slow

QUESTION = "How many boats will the office license by 2027?"
FOLLOW_UP = "And how long does it last?"
BOTH = ["harbour-plan", "tide-report"]
Call = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(lambda: library) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


class RefusedError(Exception):
    """A program's call that was answered with a sentence."""


@pytest.fixture(params=["http", "mcp"])
def call(request: pytest.FixtureRequest, address: str, client: Client) -> Call:
    """A function for programs, called over either way; values as JSON."""

    def over_http(name: str, **values: Any) -> dict[str, Any]:
        try:
            return client.predict(**values, api_name=f"/{name}")  # type: ignore[no-any-return]
        except AppError as error:
            raise RefusedError(str(error)) from error

    def over_mcp(name: str, **values: Any) -> dict[str, Any]:
        result = call_tool(address, name, values)
        (words,) = result.content
        if result.isError:
            raise RefusedError(words.text)
        assert json.loads(words.text) == result.structuredContent
        return result.structuredContent  # type: ignore[no-any-return]

    return over_http if request.param == "http" else over_mcp


def as_json(record: Any) -> Any:
    return json.loads(json.dumps(record))


def test_an_answer_is_the_record_of_the_command(call: Call, library: Library) -> None:
    expected = as_json(answer_record(answering.ask(library, QUESTION)))
    assert call("ask", question=QUESTION) | {"seconds": None} == expected | {"seconds": None}


def test_filters_a_date_and_the_conversation_reach_the_library(call: Call, library: Library) -> None:
    said = call("ask", question=QUESTION, documents=["tide-report"], statuses=["current"])
    assert said["documents_searched"] == ["tide-report"]
    assert call("ask", question=QUESTION, authorities=["government-policy"])["documents_searched"] == ["harbour-plan"]
    assert call("ask", question=QUESTION, published_from="2025")["documents_searched"] == ["tide-report"]
    assert call("ask", question=QUESTION, published_to="2024-12")["documents_searched"] == ["harbour-plan"]
    then = call("ask", question=QUESTION, as_at="2024-06")
    assert (then["as_at"], then["documents_searched"]) == ("2024-06", ["harbour-plan"])
    first = call("ask", question=QUESTION)
    followed = call("ask", question=FOLLOW_UP, conversation=[{"question": QUESTION, "answer": first["answer"]}])
    expected = answering.ask(library, FOLLOW_UP, conversation=[Turn(QUESTION, first["answer"])])
    assert followed["standalone_question"] == expected.standalone_question != FOLLOW_UP


def test_passages_are_the_records_of_the_command(call: Call, library: Library) -> None:
    expected = [as_json(retrieved_record(item)) for item in answering.search(library, "boats", 2)]
    assert call("search", query="boats", limit=2) == {"passages": expected}
    (passage,) = call("search", query="boats", limit=1, documents=["tide-report"])["passages"]
    assert passage["document"] == "tide-report"


def test_a_claim_is_verified_and_documents_are_compared(call: Call, library: Library) -> None:
    claim, context = "Hull gets a grant of £13m.", "Hull gets a grant of £30m."
    found = verify(claim, context)
    assert call("verify", claim=claim, context=context) == as_json(verdict_record(found))
    expected = as_json(comparison_record(compare_documents("boats", BOTH, library)))
    assert call("compare", topic=" boats ", documents=BOTH) | {"seconds": 0} == expected | {"seconds": 0}


def test_precedents_carry_their_sources_and_whose_reading_the_lesson_is(call: Call) -> None:
    (found,) = call("precedents", query="lamps for boats", place="hull", theme="safety", polarity="worked")[
        "precedents"
    ]
    assert (found["id"], found["rank"], found["place"], found["period"]) == ("hull-lamp-scheme", 1, "Hull", "2019-2021")
    assert found["lesson_by"] == "the register's own reading"
    assert [(item["document"], item["section"], item["notes"]) for item in found["sources"]] == [
        ("harbour-plan", "boats", [1])
    ]
    assert call("precedents", query="lamps for boats", polarity="failed") == {"precedents": []}


def test_cases_are_searched_within_facets_and_read_with_those_like_them(call: Call) -> None:
    found = call("precedents_search", query="lamps for boats", places=["hull"], first_year=2020)
    assert (found["total"], [item["id"] for item in found["cases"]]) == (1, ["hull-lamp-scheme"])
    assert found["cases"][0]["sources"][0]["notes"][0]["url"] == "https://example.org/register"
    facets = {item["name"]: item["values"] for item in found["facets"]}
    assert facets["polarities"] == [{"value": "worked", "words": "Worked", "cases": 1}]
    assert call("precedents_search", polarities=["failed"])["cases"] == []
    case = call("precedent", case_id="hull-lamp-scheme")
    assert (case["lesson_by"], case["similar"]) == ("the register's own reading", [])


def test_a_question_across_cases_gives_groups_with_numbers(call: Call) -> None:
    answer = call("precedents_ask", question="What has worked?", places=["hull"])
    assert answer["lead"] == "1 of 1 case that the filters leave in comes near this: 1 worked."
    (group,) = answer["groups"]
    assert (group["outcome"], group["asked_for"], group["cases"][0]["n"]) == ("worked", True, 1)
    assert group["cases"][0]["sentences"] == ["Boatmen shared the cost of lamps, and collisions fell by half."]
    silent = call("precedents_ask", question="What has worked against locusts?")
    assert (silent["groups"], [item["id"] for item in silent["nearest"]]) == ([], ["hull-lamp-scheme"])


def test_the_library_and_its_glossary_are_listed(call: Call, library: Library) -> None:
    rows = [as_json(asdict(row)) for row in list_documents(library.settings)]
    assert call("documents") == {"documents": rows}
    assert [item["acronym"] for item in call("glossary", wanted="enterprise")["entries"]] == ["VCLE"]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("ask", {"question": " "}, "question: found ' '; expected some text."),
        ("ask", {"question": 7}, "question: found 7; expected a valid string."),
        ("ask", {"question": "x", "mode": "wild"}, "mode: found 'wild'; expected 'extractive' or 'generative'."),
        (
            "ask",
            {"question": "x", "as_at": "June"},
            "as_at: 'June' is not a date; expected 2025, 2025-03 or 2025-03-07.",
        ),
        ("ask", {"question": "x", "published_to": "2025-02-31"}, "published_to: '2025-02-31' is not a date"),
        ("ask", {"question": "x", "authorities": ["law"]}, r"authorities\[0\]: found 'law'; expected 'statute', "),
        ("ask", {"question": "x", "conversation": [{"question": "y"}]}, r"conversation\[0\]\[answer\]: required"),
        ("ask", {"question": "x", "mode": "generative"}, "No chat model is set"),
        ("search", {"query": "x", "documents": ["log"]}, r"documents: no document 'log'\. Choose from: harb"),
        ("search", {"query": "x", "limit": 51}, "limit: found 51; expected less than or equal to 50."),
        ("search", {"query": "x", "limit": 0}, "limit: found 0; expected greater than or equal to 1."),
        ("search", {"query": "x", "limit": "5"}, "limit: found '5'; expected a valid integer."),
        ("verify", {"claim": "a" * 10**6, "context": "b"}, r"claim: found 'a{59}… \(1,000,000 characters\); expected "),
        ("precedents", {"query": "x", "theme": "rope"}, "No theme 'rope' in the register; it has: safety."),
        ("precedents_search", {"places": ["york"]}, "places: no case has 'york'; there are: england, hull."),
        ("precedents_search", {"levels": ["city"]}, r"levels\[0\]: found 'city'; expected 'local', 'regional', "),
        ("precedents_search", {"first_year": 2022, "last_year": 2020}, "first_year: found 2022, which is after"),
        ("precedent", {"case_id": "log"}, "No case 'log' in the register of 1 precedents. Find its id with"),
        ("compare", {"topic": "x", "documents": ["tide-report"]}, "documents: found .'tide-report'.; expected .* 2"),
        ("compare", {"topic": "x", "documents": ["tide-report"] * 2}, "documents: found .*; expected different ids."),
        ("compare", {"topic": "x", "documents": ["tide-report", "log"]}, "documents: no document 'log'"),
    ],
)
def test_a_wrong_value_costs_a_sentence_that_names_it(
    call: Call, name: str, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedError, match=f"^{sentence}") as raised:
        call(name, **values)
    assert len(str(raised.value)) < 400
    assert "Traceback" not in str(raised.value)


def test_a_tool_says_what_it_misses_and_what_it_does_not_know(address: str) -> None:
    asked = {"ask": {}, "search": {"query": "x", "k": 3}, "add": {}, "respond": {}}
    said = {name: call_tool(address, name, values) for name, values in asked.items()}
    assert all(result.isError for result in said.values())
    words = {name: result.content[0].text for name, result in said.items()}
    assert words["ask"] == "question: required, but no value was given."
    assert words["search"].startswith("k: unknown parameter. Choose from: query, limit, ")
    assert words["add"] == f"Unknown tool 'add'. Choose from: {', '.join(READING)}."
    assert words["respond"].startswith("Unknown tool 'respond'")


def test_every_tool_and_every_parameter_is_described_and_typed(address: str) -> None:
    tools = {tool.name: tool for tool in with_tools(address, lambda session: session.list_tools()).tools}
    assert tuple(tools) == READING
    for tool in tools.values():
        assert len(tool.description or "") > 60
        assert " Returns: " in (tool.description or "")
        assert tool.annotations is not None
        assert tool.annotations.readOnlyHint is True
        assert "$ref" not in json.dumps(tool.inputSchema)
        for name, parameter in tool.inputSchema["properties"].items():
            assert parameter["type"] in ("string", "integer", "array"), name
            assert len(parameter["description"]) > 20, name
            assert ("default" in parameter) != (name in tool.inputSchema.get("required", [])), name
    ask = tools["ask"].inputSchema["properties"]
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert ask["mode"]["enum"] == ["extractive", "generative"]
    assert ask["authorities"]["items"]["enum"][:2] == ["statute", "government-policy"]
    assert ask["conversation"]["items"]["required"] == ["question", "answer"]
    assert tools["search"].inputSchema["properties"]["limit"].items() >= {"minimum": 1, "maximum": 50}.items()
    # What Gradio's page of the API shows of them.
    assert [tool["name"] for tool in httpx.get(f"{address}/gradio_api/mcp/schema").json()] == list(READING)


def test_the_page_of_the_api_describes_each_endpoint_and_parameter(client: Client) -> None:
    endpoints = client.view_api(print_info=False, return_format="dict")["named_endpoints"]
    assert set(endpoints) == {f"/{name}" for name in (*READING, "check")}
    for name in READING:
        assert len(endpoints[f"/{name}"]["description"]) > 40
        for parameter in endpoints[f"/{name}"]["parameters"]:
            assert len(parameter["python_type"]["description"]) > 20
            assert parameter["python_type"]["type"] not in ("Any", "")
    mode = next(item for item in endpoints["/ask"]["parameters"] if item["parameter_name"] == "mode")
    assert mode["python_type"]["type"] == "Literal['extractive', 'generative']"


def test_over_http_alone_values_go_by_name_and_too_few_by_place_are_refused(address: str) -> None:
    def told(path: str, body: Any) -> str:
        asked = httpx.post(f"{address}/gradio_api/call/{path}", json=body).json()["event_id"]
        return httpx.get(f"{address}/gradio_api/call/{path.removeprefix('v2/')}/{asked}").text

    event, data = told("v2/search", {"query": "boats", "limit": 1}).strip().split("\n")
    assert event == "event: complete"
    assert len(json.loads(data.removeprefix("data: "))[0]["passages"]) == 1
    assert "/search takes 8 values but got 1. Send all" in told("search", {"data": ["boats"]})


def test_many_programs_ask_at_once_and_none_gets_anothers_answer(client: Client, address: str) -> None:
    questions = [f"How many boats will the office license by {year}?" for year in range(2020, 2030)]
    with ThreadPoolExecutor(10) as pool:
        over_http = list(pool.map(lambda words: client.predict(words, api_name="/ask")["question"], questions))
        over_mcp = list(
            pool.map(
                lambda words: call_tool(address, "ask", {"question": words}).structuredContent["question"], questions
            )
        )
    assert over_http == over_mcp == questions


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/mcp/", "/gradio_api/info"])
def test_a_page_elsewhere_cannot_pass_for_this_machine(address: str, path: str) -> None:
    other = httpx.get(f"{address}{path}", headers={"host": "rebound.example:7860"})
    assert other.status_code == 400
    assert other.text.startswith("Steward does not accept requests for this host.")
    name = httpx.URL(address).netloc.decode().replace("127.0.0.1", "localhost")
    with httpx.stream("GET", f"{address}{path}", headers={"host": name}) as own:
        assert own.status_code == 200


def test_a_bug_costs_programs_a_sentence_and_neither_way_shows_what_broke(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    current: list[Library] = [library]
    with served(lambda: current[0]) as address:
        current.clear()
        result = call_tool(address, "ask", {"question": "zebra"})
        assert result.isError
        assert result.content[0].text.startswith("Something went wrong, and")
        with pytest.raises(AppError, match=r"^Something went wrong, and"):
            Client(address, verbose=False, analytics_enabled=False).predict("zebra", api_name="/ask")
    assert "zebra" not in "".join(capfd.readouterr())


def test_nothing_of_a_request_is_written_to_logs(
    library: Library, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    word = "zebra"
    with served(lambda: library) as address:
        client = Client(address, verbose=False, analytics_enabled=False)
        client.predict(f"{word}?", api_name="/ask")
        for wrong in ({"documents": [word]}, {"as_at": word}, {"limit": word}):
            with pytest.raises(AppError, match=word):
                client.predict("x", **wrong, api_name="/search")
        call_tool(address, "ask", {"question": word})
        call_tool(address, word, {word: word})
        headers = {"accept": "application/json, text/event-stream"}
        for method, values in (("tools/call", {"name": [word]}), (word, {word: word}), ("notifications/x", word)):
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": values}
            httpx.post(f"{address}/gradio_api/mcp/", json=message, headers=headers)
        httpx.post(f"{address}/gradio_api/mcp/", content=word, headers=headers | {"content-type": "application/json"})
        for name, values in (("check", ["x", word]), ("turn", [word, 1]), ("respond", [word] * 10)):
            httpx.post(f"{address}/gradio_api/call/{name}", json={"data": values})
        few = httpx.post(f"{address}/gradio_api/call/ask", json={"data": [word]}).json()["event_id"]
        assert "event: error" in httpx.get(f"{address}/gradio_api/call/ask/{few}").text
        httpx.post(f"{address}/gradio_api/call/ask", json={"data": [word]})
    assert word not in "".join(capfd.readouterr())
    own = [
        record for record in caplog.records if record.name.partition(".")[0] not in ("httpx", "httpcore", "mcp.client")
    ]
    assert word not in " ".join(record.getMessage() for record in own)


def test_the_example_of_the_readme_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (Path(__file__).parents[2] / "assistant" / "web" / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## For programs\n")[2].partition("\n## ")[0]
    example = section.partition("```python\n")[2].partition("```")[0]
    exec(example.replace("http://127.0.0.1:7860", address), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] in get_args(AnswerStatus)
    assert lines[-1].startswith("[")
    config = json.loads(section.partition("```json")[2].partition("```")[0])
    assert config["mcpServers"]["steward"]["url"] == "http://127.0.0.1:7860/gradio_api/mcp/"
