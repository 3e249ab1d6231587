"""A reader's page and conversation, where two web apps share one database."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Reader
from tests.replicas import Builder, Replica, database_of, replicas, wait_for

BOATS = "How many boats will the office license by 2027?"
CARRY = "What must each boat carry?"

pytestmark = pytest.mark.timeout(600)


class Proxy:
    """Leads a reader to one replica, as a proxy does until that dies."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.stopping = False
        """Whether the replica stops for good as soon as it says that it has taken a question."""
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, replica: Replica) -> None:
        """Break off what is connected, and pass on what comes to another replica."""
        self._replica = replica
        for each in self._connections:
            _end(each)

    def close(self) -> None:
        for each in (self._listener, *self._connections):
            _end(each)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._replica.port))
                except OSError:  # it has just died
                    client.close()
                    continue
                self._connections += client, server
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self.stopping and b'"event_id"' in data:
                    self._replica.signal(signal.SIGSTOP)
                    self.stopping = False
                target.sendall(data)
        _end(source)
        _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Replica]]:
    folder = tmp_path_factory.mktemp("replicas")
    builder = Builder(folder)
    builder.publish()
    with replicas(builder, folder, database_of(folder)) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may report that the app was away."""
    with browser.new_context() as context:
        yield context.new_page()


def test_a_conversation_goes_on_at_the_other_replica(page: Page, two: tuple[Replica, Replica]) -> None:
    with closing(Proxy(two[0])) as proxy:
        reader = Reader(page, proxy.address)
        reader.open()
        reader.ask(BOATS)
        expect(reader.conversations.get_by_role("button", name="How many boats")).to_be_visible()
        page.evaluate("window.before = true")
        proxy.lead_to(two[1])
        reader.ask(CARRY)
        assert page.evaluate("window.before"), "the page was loaded anew"
        expect(reader.turns.first).to_contain_text("by 2027")
        proxy.lead_to(two[0])
        page.reload()
        expect(reader.turns).to_have_count(2)
        expect(reader.turns.first).to_contain_text("by 2027")
        expect(reader.turns.last).to_contain_text("a lamp that burns for twelve hours")


def test_a_question_whose_replica_dies_is_answered_or_still_in_its_field_at_the_other(
    page: Page, two: tuple[Replica, Replica]
) -> None:
    one, other = two
    with closing(Proxy(one)) as proxy:
        reader = Reader(page, proxy.address)
        reader.open()
        reader.ask(BOATS)
        expect(reader.conversations.get_by_role("button", name="How many boats").first).to_be_visible()
        page.evaluate("window.before = true")
        proxy.stopping = True
        reader.question.fill(CARRY)
        reader.question.press("Enter")
        wait_for(lambda: not proxy.stopping)
        one.kill()
        proxy.lead_to(other)
        page.wait_for_function("!window.before")  # it loads itself anew
        expect(reader.turns.first).to_contain_text("by 2027")
        if reader.turns.count() == 1:  # it died before the answer was kept
            expect(reader.question).to_have_value(CARRY)
            reader.question.press("Enter")
        expect(reader.turns).to_have_count(2)
        expect(reader.turns.last).to_contain_text("a lamp that burns for twelve hours")
