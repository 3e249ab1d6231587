"""Who is signed in: what is theirs alone, what their role lets them do, and who cannot pass for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.errors import SettingsError
from assistant.library import Library
from assistant.readers import reading_as
from assistant.roles import Person
from assistant.settings import Settings, SignInSettings
from assistant.storage import Accounts, open_accounts, open_cases, open_conversations, open_people
from assistant.web.api.endpoints import Blocks
from assistant.web.door.permissions import NOT_LIBRARIAN
from tests.embedders import HashEmbedder
from tests.storage.children import answer_to
from tests.web.contribute_page import ContributePage
from tests.web.serving import running
from tests.web.test_private_files import OVERVIEW, PLAIN, Browser, made, served

ANN, BO = "ann@dept.example", "bo@dept.example"
HEADER, GROUPS = "X-Forwarded-Email", "X-Forwarded-Groups"
SIGN_IN = SignInSettings(
    header=HEADER, groups_header=GROUPS, roles={"keepers": "librarian", "writers": "contributor", "checkers": "auditor"}
)
Enter = Callable[..., Browser]


@pytest.fixture(scope="module", autouse=True)
def stand_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Blocks, str]]:
    """The app behind a proxy on this machine, which says who has signed in."""
    settings = made(tmp_path_factory.mktemp("library"))
    web = settings.web.model_copy(update={"proxies": ("127.0.0.1/32",), "add_files": None})
    web = type(web).model_validate(web.model_dump())
    settings = settings.model_copy(update={"web": web, "sign_in": SIGN_IN})
    with served(settings) as (blocks, address):
        yield settings, blocks, address


@pytest.fixture
def enter(place: tuple[Settings, Blocks, str]) -> Enter:
    opened = []  # a browser closes when nobody holds it

    def browser(who: str = "", groups: str = "", **headers: str) -> Browser:
        opened.append(made := Browser(place[1], place[2], None))
        made.client.headers.update({HEADER: who, GROUPS: groups} if who else {})
        made.client.headers.update(headers)
        return made

    return browser


@pytest.fixture
def accounts(place: tuple[Settings, Blocks, str]) -> Iterator[Accounts]:
    opened = open_accounts(place[0])
    yield opened
    opened.close()


def file(path: Path, words: str) -> Path:
    path.write_text(f"# Notes\n\n{words}\n", encoding="utf-8")
    return path


def ask(browser: Browser, question: str = PLAIN, key: str = "") -> str:
    return browser.event("respond", question, [], [], *[""] * 3, "Quotes", key, "", None)


def listed(browser: Browser, key: str = "") -> str:
    return browser.event("AskTab._list", key, "", None)


def account_of(name: str) -> str:
    return hashlib.sha256(f"proxy\n{name}".encode()).hexdigest()


def test_a_conversation_is_its_accounts_in_every_browser_and_nobody_elses(enter: Enter) -> None:
    said = ask(enter(ANN), "How many boats will the office license, says Ann?")
    assert "says Ann" in listed(enter(ANN))
    assert "says Ann" not in listed(enter(BO))
    # Neither does the page get what would open them, nor does it open them.
    assert account_of(ANN) not in said
    assert "says Ann" not in listed(enter(BO), account_of(ANN))
    assert "says Ann" in listed(enter(ANN), "another")


def test_nobody_else_can_open_rename_or_delete_a_conversation(
    place: tuple[Settings, Blocks, str], enter: Enter
) -> None:
    ask(enter(ANN), "How many boats, says Ann to be kept?")
    kept = open_conversations(place[0])
    (conversation,) = [row.id for row in kept.list(account_of(ANN)) if "to be kept" in row.title]
    for key in ("", account_of(ANN)):
        other = enter(BO)
        assert "to be kept" not in other.event("AskTab._show", key, conversation, None)
        said = other.event("AskTab._act", key, conversation, None, event={"action": "rename", "words": "Mine"})
        assert "does not exist" in said
        other.event("AskTab._act", key, conversation, None, event={"action": "delete"})
    assert "to be kept" in {row.id: row.title for row in kept.list(account_of(ANN))}[conversation]
    kept.close()


def test_conversations_of_a_browser_before_its_sign_in_are_not_taken_over(
    place: tuple[Settings, Blocks, str], enter: Enter
) -> None:
    kept = open_conversations(place[0])
    kept.add("earlier-key", None, answer_to("Who asked this before?"))
    assert "Who asked this before?" not in listed(enter(ANN), "earlier-key")
    ask(enter(ANN), key="earlier-key")
    assert [row.title for row in kept.list("earlier-key")] == ["Who asked this before?"]
    kept.close()


def test_a_private_file_is_its_accounts_in_every_browser_and_nobody_elses(enter: Enter, tmp_path: Path) -> None:
    notes = file(tmp_path / "notes.md", "The cormorant notes say that 61 rafts drifted.")
    assert "and nobody else" in enter(ANN).add(notes, "Cormorant notes")
    asked = "What do the cormorant notes say of rafts?"
    assert "61 rafts" in enter(ANN).call("search", query=asked)
    assert "61 rafts" not in enter(BO).call("search", query=asked)
    assert "61 rafts" in enter(ANN).tool("search", query=asked)
    assert "61 rafts" not in enter(BO, "keepers").tool("search", query=asked)
    shown = enter(ANN).event(OVERVIEW)
    assert "Cormorant notes" in shown
    assert "Yes, remove it permanently" in shown
    (name,) = {word for word in shown.replace("&", '"').replace("\\", '"').split('"') if word.startswith("private-")}
    assert "was added to the library" in enter(BO, "keepers").event("act", event={"action": "remove", "entry": name})
    assert "was removed" in enter(ANN).event("act", event={"action": "remove", "entry": name})


def test_only_a_librarian_changes_what_everybody_sees(enter: Enter, tmp_path: Path) -> None:
    plover = file(tmp_path / "plover.md", "The plover plan says that 19 quays will be mended.")
    for other in (enter(BO), enter(BO, "writers")):
        assert NOT_LIBRARIAN in other.add(plover, "Plover plan", "everybody")
        assert "19 quays" not in other.call("search", query="What does the plover plan say of quays?")
    assert "Steward now answers questions from it" in enter(ANN, "keepers").add(plover, "Plover plan", "everybody")
    assert "19 quays" in enter(BO).call("search", query="What does the plover plan say of quays?")
    shown = enter(BO).event(OVERVIEW)
    assert "Plover plan" in shown
    assert "Yes, remove it permanently" not in shown
    for action in ("remove", "replace"):
        assert NOT_LIBRARIAN in enter(BO).event("act", event={"action": action, "entry": "plover-plan"})
    assert "Yes, remove it permanently" in enter(ANN, "keepers").event(OVERVIEW)
    assert "was removed" in enter(ANN, "keepers").event("act", event={"action": "remove", "entry": "plover-plan"})


def propose(browser: Browser, path: Path, title: str, authority: str = "government-policy", **more: list[str]) -> str:
    """Add a file for everybody by the form."""
    sent = browser.client.post("/gradio_api/upload", files={"files": (path.name, path.read_bytes())})
    given = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
    details = ["Quay Board", "2026-01", authority, "current", "", "", more.get("supersedes", [])]
    return browser.event("show_added", given, title, *details, None, "everybody")


def act(browser: Browser, action: str, document: str) -> str:
    return browser.event("act", event={"action": action, "entry": document})


def test_government_policy_waits_until_a_second_librarian_confirms_it(
    place: tuple[Settings, Blocks, str], enter: Enter, tmp_path: Path
) -> None:
    tern = file(tmp_path / "tern.md", "The tern strategy says that 31 lamps will be lit.")
    asked = {"query": "What does the tern strategy say of lamps?"}
    assert "waits until another librarian confirms it" in propose(enter(ANN, "keepers"), tern, "Tern strategy")
    assert "waits already" in propose(enter(BO, "keepers"), tern, "Tern strategy")
    for who in (enter(ANN, "keepers"), enter(BO, "keepers"), enter("di@dept.example")):
        assert "31 lamps" not in who.call("search", **asked)
        assert "Tern strategy" not in who.call("documents")
    # Its proposer and readers can do nothing with it.
    shown = enter(ANN, "keepers").event(OVERVIEW)
    assert "Another librarian confirms it." in shown
    assert "31 lamps will be lit" in shown
    assert "You proposed this." in act(enter(ANN, "keepers"), "confirm", "tern-strategy")
    assert "Tern strategy" not in enter("di@dept.example").event(OVERVIEW)
    for action in ("confirm", "reject"):
        assert NOT_LIBRARIAN in act(enter("di@dept.example"), action, "tern-strategy")
    assert 'data-action=\\"confirm\\"' in enter(BO, "keepers").event(OVERVIEW)
    assert "Steward now answers questions from it" in act(enter(BO, "keepers"), "confirm", "tern-strategy")
    assert "31 lamps" in enter("di@dept.example").call("search", **asked)
    assert "Waiting to be confirmed" not in enter(BO, "keepers").event(OVERVIEW)
    assert "waits to be confirmed" in act(enter(BO, "keepers"), "confirm", "tern-strategy")
    kept = place[0].corpus / "added" / "tern-strategy"
    (approval,) = map(json.loads, (kept / "approvals.jsonl").read_text(encoding="utf-8").splitlines())
    assert (approval["proposed_by"], approval["confirmed_by"]) == (ANN, BO)
    assert (place[0].corpus / approval["file"]).exists()


def test_what_would_take_the_place_of_government_policy_waits_and_can_be_rejected(
    place: tuple[Settings, Blocks, str], enter: Enter, tmp_path: Path
) -> None:
    skua = file(tmp_path / "skua.md", "The skua notes say that 52 ropes were cut.")
    keeper = enter(ANN, "keepers")
    assert "waits until another" in propose(keeper, skua, "Harbour plan", "evidence")
    assert "waits until another" in propose(keeper, skua, "Skua notes", "evidence", supersedes=["harbour-plan"])
    for name in ("harbour-plan", "skua-notes"):
        assert "was rejected and deleted." in act(enter(BO, "keepers"), "reject", name)
    assert "40 boats" in enter(BO).get("/sources/harbour-plan/text")
    assert [*(place[0].corpus / "added" / ".pending").iterdir()] == []
    assert "answers questions from it" in propose(keeper, skua, "Skua notes", "evidence")
    assert "was removed" in act(keeper, "remove", "skua-notes")


def test_government_policy_goes_when_a_second_librarian_confirms_it(enter: Enter, tmp_path: Path) -> None:
    auk = file(tmp_path / "auk.md", "The auk policy says that 61 buoys will be painted.")
    ann, bo = enter(ANN, "keepers"), enter(BO, "keepers")
    propose(ann, auk, "Auk policy")
    assert "answers questions from it" in act(bo, "confirm", "auk-policy")
    assert "a second librarian must confirm" in act(ann, "remove", "auk-policy")
    assert "waits already" in act(bo, "remove", "auk-policy")
    assert "to be removed" in bo.event(OVERVIEW)
    assert "You proposed this." in act(ann, "confirm", "auk-policy")
    assert "stays in the library" in act(bo, "reject", "auk-policy")
    assert "61 buoys" in bo.call("search", query="What does the auk policy say of buoys?")
    act(bo, "remove", "auk-policy")
    assert "was removed" in act(ann, "confirm", "auk-policy")
    assert "61 buoys" not in bo.call("search", query="What does the auk policy say of buoys?")
    assert "Auk policy" not in ann.event(OVERVIEW)


def test_an_auditor_takes_the_log_away_and_nobody_else_finds_it(enter: Enter, accounts: Accounts) -> None:
    enter(BO).call("search", query="boats")
    for other in (enter(ANN, "keepers"), enter(BO)):
        assert other.client.get("/audit").status_code == 404
    auditor = enter("cy@dept.example", "checkers")
    answer = auditor.client.get("/audit?from=2020-01-01")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.jsonl"')
    records = [json.loads(line) for line in answer.text.splitlines()]
    assert "audit-exported" in answer.text
    assert records
    assert "account-made" not in auditor.client.get("/audit?to=2020-01-01").text
    assert auditor.client.get("/audit?from=spring").status_code == 400
    assert "Audit log" in auditor.event("account")
    assert "Audit log" not in enter(BO).event("account")


def test_a_token_lets_a_program_do_what_its_scope_and_person_may(
    enter: Enter, accounts: Accounts, tmp_path: Path
) -> None:
    keeper = "keeper@dept.example"
    assert enter(keeper, "keepers").client.get("/config").status_code == 200
    asks, writes = (accounts.give_token(keeper, scope, 7) for scope in ("ask", "contribute"))  # type: ignore[arg-type]
    for token in (asks, writes):
        program = enter(Authorization=f"Bearer {token}")
        assert "40 boats" in program.call("ask", question="How many boats will the office license by 2027?")
        assert "40 boats" in program.tool("search", query="How many boats will the office license by 2027?")
    gull = file(tmp_path / "gull.md", "The gull plan says that 23 nests were counted.")
    assert NOT_LIBRARIAN in enter(Authorization=f"bearer {asks}").add(gull, "Gull plan", "everybody")
    assert "answers questions from it" in enter(Authorization=f"Bearer {writes}").add(gull, "Gull plan", "everybody")
    for token in accounts.tokens():
        accounts.revoke(token.id)
    for token, who in ((asks, ""), (writes, ANN), ("x", ANN), ("steward_wrong", ANN)):
        # A wrong token is not made good by what else the request has.
        refused = enter(who, Authorization=f"Bearer {token}").client.post("/gradio_api/call/v2/ask", json={})
        assert refused.status_code == 401
        assert "`steward people token` makes another" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 401),
        ([(HEADER, ANN)], 200),
        ([(HEADER.lower(), ANN)], 200),
        ([(HEADER, "")], 401),
        ([(HEADER, ANN), (HEADER, BO)], 401),  # one of them is a client's
        ([(GROUPS, "keepers")], 401),
        ([("X-Forwarded-User", ANN)], 401),
        ([("X_Forwarded_Email", ANN)], 401),
    ],
)
def test_a_proxy_says_who_has_signed_in(
    place: tuple[Settings, Blocks, str], headers: list[tuple[str, str]], status: int
) -> None:
    assert httpx.get(f"{place[2]}/config", headers=headers).status_code == status


def test_a_forged_header_of_anybody_else_is_worth_nothing(place: tuple[Settings, Blocks, str]) -> None:
    settings = place[0]
    web = type(settings.web).model_validate(settings.web.model_dump() | {"proxies": ["192.0.2.7"]})
    with served(settings.model_copy(update={"web": web})) as (_, address):
        for headers in ({HEADER: ANN}, {HEADER: ANN, "X-Forwarded-For": "192.0.2.7", GROUPS: "keepers"}):
            refused = httpx.get(f"{address}/", headers={**headers, "Accept": "text/html"})
            assert refused.status_code == 401
        for path in ("/sign-in", "/sign-in/back", "/sign-out"):
            assert httpx.get(f"{address}{path}").status_code == 404


def test_only_members_of_a_group_get_in_and_those_who_left_do_not(
    place: tuple[Settings, Blocks, str], enter: Enter
) -> None:
    settings = place[0]
    enter("di@dept.example").client.get("/config")
    people = open_people(settings)
    people.end("di@dept.example")
    people.close()
    said = enter("di@dept.example").client.get("/config")
    assert (said.status_code, "account is closed" in said.text) == (403, True)
    only = settings.model_copy(update={"sign_in": SIGN_IN.model_copy(update={"allowed": ("writers",)})})
    with served(only) as (_, address):
        for groups, status in (("", 403), ("keepers", 403), ("keepers, writers", 200)):
            said = httpx.get(f"{address}/config", headers={HEADER: ANN, GROUPS: groups})
            assert said.status_code == status


def test_a_header_without_a_proxy_is_refused_at_the_start(library: Library) -> None:
    settings = library.settings.model_copy(update={"sign_in": SIGN_IN})
    object.__setattr__(library, "settings", settings)
    with pytest.raises(SettingsError, match=r"STEWARD_SIGN_IN__HEADER is 'X-Forwarded-Email'.*STEWARD_WEB__PROXIES"):
        running(lambda: library).__enter__()


def test_a_database_that_fails_lets_nobody_in(
    place: tuple[Settings, Blocks, str], enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        from assistant.errors import StorageUnavailableError

        raise StorageUnavailableError("steward.db cannot be used", "its disk is full")

    monkeypatch.setattr(Accounts, "enter", fail)
    said = enter(ANN).client.get("/config")
    assert (said.status_code, "its disk is full" in said.text) == (503, True)
    assert "steward.db" not in said.text
    assert enter(ANN).client.get("/healthz").status_code == 200


def test_contributing_takes_the_name_and_role_of_who_is_signed_in(library: Library, tmp_path: Path) -> None:
    settings = library.settings.model_copy(
        update={"index": library.settings.index.model_copy(update={"folder": tmp_path})}
    )
    store = open_cases(settings)
    with reading_as("a" * 64, Person("Ann Lee", "contributor")):
        page = ContributePage(library, store, signs_in=True)
        page.enter()
        assert "You are Ann Lee , a contributor." in page.words("who")
        for component in (page.view.who.typed, page.view.who.sign_in, page.view.who.sign_out):
            assert not page.is_visible(component)
        page.begin({"title": "Bells by the tide"})
    (case,) = store.list()
    assert case.begun_by == "Ann Lee"
    for person, words in ((Person("Bo", "reader"), "a reader"), (Person("Cy", "auditor"), "an auditor")):
        with reading_as("b" * 64, person):
            page.enter()
            assert f"You are {person.name} , {words}." in page.words("who")
            assert "ask your administrator for the role contributor" in page.words("who")
            page.fire("save_case")
            assert "You are not signed in" in page.html("message")
    assert [event.who for event in store.history(case.id)] == ["Ann Lee"]
    store.close()


def test_a_page_says_who_is_signed_in(enter: Enter) -> None:
    said = enter(ANN).event("account")
    assert ANN in said
    assert "Sign out" not in said  # that is the proxy's
    assert "&lt;b&gt;" in enter("<b>").event("account")
