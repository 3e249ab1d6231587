"""Gradio's event queue with limits: no client can fill it, and unread messages are not kept for ever."""

from __future__ import annotations

from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

from gradio.queueing import Queue
from gradio.route_utils import get_fn
from starlette.exceptions import HTTPException

from assistant.errors import BusyError
from assistant.readers import current_account, current_reader
from assistant.web.door.forwarding import client_of

QUESTIONS = "questions"
"""The group of functions that answer questions, of which so many run at the same time in all."""
QUESTIONS_OF_PAGE = frozenset(
    ("respond", "_respond_to_chip", "_retry", "show_check", "show_comparison", "show_case_answer")
)
"""Events of the page that count as questions, as do all functions for programs."""
CLIENT_SHARE = 0.4
"""How much of the queue one account may fill or, where nobody signed in, one address."""
MOST_PER_SESSION = 20
"""Waiting and running events of one page or program."""
MOST_UNREAD = 1000
"""Unread messages of all sessions; beyond it the oldest sessions that nobody reads are dropped."""
FULL = "Steward is busy: {} requests are waiting for an answer. Try again in a moment."
CLIENT_FULL = "Too many of your questions are waiting for an answer. Wait for some, then try again."


class BoundedQueue(Queue):
    """Refuses events when too many wait or come too fast, and drops unread messages when there are too many.

    Readers take turns: one who asks much at once holds up nobody else.
    """

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)
        self._senders: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        """Each event's reader or, without one, client."""
        self._payers: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        """Who fills the queue with each event."""

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Return whether an event was accepted, its id or why not, and Gradio's status.

        Raises:
            HTTPException: there are too many; 429, with when to try again.
        """
        try:
            self._admit(body, request)
        except BusyError as error:
            raise HTTPException(429, str(error), {"Retry-After": str(error.retry_s)}) from error
        self._forget_unread()
        accepted, event_id, status = await super().push(body, request, username)
        if accepted:
            event = self.event_ids_to_events[str(event_id)]
            self._senders[event] = current_reader() or client_of(request)
            self._payers[event] = _payer(request)
        return accepted, event_id, status

    def get_events(self) -> Any:
        """Return the events to run next: of those that wait, one of a reader with fewest before it."""
        running = [event for job in self.active_jobs for event in job or ()]
        for queue in self.event_queue_per_concurrency_id.values():
            if len(queue.queue) > 1:
                before = Counter(
                    self._senders[event] for event in running if event.fn.concurrency_id == queue.concurrency_id
                )
                turns = {}
                for event in queue.queue:
                    turns[event] = before[self._senders[event]]
                    before[self._senders[event]] += 1
                queue.queue.sort(key=turns.__getitem__)
        return super().get_events()

    def create_event_queue_for_fn(self, block_fn: Any) -> None:
        """Let so many questions run at the same time as the settings say."""
        super().create_event_queue_for_fn(block_fn)
        if block_fn.concurrency_id == QUESTIONS:
            self.event_queue_per_concurrency_id[QUESTIONS].concurrency_limit = self._blocks.web.questions_at_once

    def send_message(self, event: Any, event_message: Any) -> None:
        """Send a message unless its session was dropped."""
        if event.session_hash in self.pending_messages_per_session:
            super().send_message(event, event_message)

    @property
    def _blocks(self) -> Any:
        """The app, which has the settings and the rates."""
        return self.blocks

    def _admit(self, body: Any, request: Any) -> None:
        most = self._blocks.web.queue_length
        waiting = [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]
        if len(waiting) >= most:
            raise self._blocks.rates.busy(FULL.format(len(waiting)))
        running = [event for job in self.active_jobs for event in job or ()]
        of_payer = sum(self._payers[event] == _payer(request) for event in waiting)
        of_session = sum(event.session_hash == body.session_hash for event in [*waiting, *running])
        if of_session >= MOST_PER_SESSION or of_payer >= CLIENT_SHARE * most:
            raise self._blocks.rates.busy(CLIENT_FULL)
        if body.fn_index is not None:
            function = get_fn(self.blocks, None, body)
            is_question = function.api_visibility == "public" or function.api_name in QUESTIONS_OF_PAGE
            self._blocks.rates.count(request, is_question=is_question)

    def _forget_unread(self) -> None:
        unread = {name: messages.qsize() for name, messages in self.pending_messages_per_session.items()}
        much = sum(unread.values())
        for name, count in unread.items():
            if much <= MOST_UNREAD:
                break
            # A reader is waiting for the next message, or about to.
            waiting: Any = self.pending_messages_per_session[name]
            if count and not waiting._getters:
                del self.pending_messages_per_session[name]
                much -= count
        gone = [name for name in self.pending_event_ids_session if name not in self.pending_messages_per_session]
        for name in gone:
            del self.pending_event_ids_session[name]


def _payer(request: Any) -> str:
    # Browsers that did not sign in could be one program with many cookies.
    return current_account() or client_of(request)
