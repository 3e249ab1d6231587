"""Gradio's event queue with limits: no client can fill it, and unread messages are not kept for ever."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gradio.queueing import Queue

MOST_WAITING = 100
"""Waiting events of all clients."""
MOST_PER_CLIENT = 40
"""Waiting events of one client."""
MOST_PER_SESSION = 20
"""Waiting and running events of one page or program."""
MOST_UNREAD = 1000
"""Unread messages of all sessions; beyond it the oldest sessions that nobody reads are dropped."""
_FULL = "Steward is busy. Try again in a moment."
_CLIENT_FULL = "Too many of your questions are waiting for an answer. Wait for some, then try again."


class BoundedQueue(Queue):
    """Refuses events when too many wait, and drops unread messages when there are too many."""

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Return whether an event was accepted, its id or why not, and Gradio's status."""
        waiting = [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]
        if len(waiting) >= MOST_WAITING:
            return False, _FULL, "queue_full"
        running = [event for job in self.active_jobs for event in job or ()]
        of_session = sum(event.session_hash == body.session_hash for event in [*waiting, *running])
        if of_session >= MOST_PER_SESSION or _clients(waiting)[_client(request)] >= MOST_PER_CLIENT:
            return False, _CLIENT_FULL, "queue_full"
        self._forget_unread()
        return await super().push(body, request, username)

    def send_message(self, event: Any, event_message: Any) -> None:
        """Send a message unless its session was dropped."""
        if event.session_hash in self.pending_messages_per_session:
            super().send_message(event, event_message)

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


def _clients(events: list[Any]) -> Counter[str]:
    return Counter(_client(event.request) for event in events)


def _client(request: Any) -> str:
    client = getattr(request, "client", None)
    return str(client.host) if client else ""
