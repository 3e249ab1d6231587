"""Who is at the page: a key or a name, kept in the browser, and looked up again at each event."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.errors import AssistantError, NotAllowedError, StorageUnavailableError
from assistant.storage.people import People, Person, checked_name
from assistant.web.api.endpoints import client_of_event, said
from assistant.web.contribute.case_html import person_html
from assistant.web.door.openness import Openness
from assistant.web.door.wrong_keys import WrongKeys
from assistant.web.precedents.page import Update
from assistant.web.tables import problem_html

SIGN_IN = (
    "Sign in first, at the top under “Who you are”. Where that still shows your name, your key has ended: reload the "
    "page to sign in anew; what you typed stays."
)
UNKNOWN_KEY = (
    "Nobody has this key. It may have been ended, or a part of it is missing: copy the whole of it, "
    "or ask whoever runs Steward for a new one."
)
NOBODY = "nobody"
"""What the browser keeps after signing out; it would not keep an empty value, and go back to the one before."""


class Contributors:
    """The components of "Who you are"; made where the view is being drawn."""

    def __init__(self, openness: Openness, people: People) -> None:
        self._openness = openness
        self._people = people
        self._wrong_keys = WrongKeys()
        # Who has the key is the person. The "secret" hides nothing; it must be the same after a restart.
        self.me = gr.BrowserState(NOBODY, storage_key="steward-contributor", secret="steward")  # noqa: S106
        with gr.Column(elem_classes="case-desk"), gr.Accordion("Who you are", open=True):
            self._who = gr.HTML(label="Who you are")
            self._said = gr.HTML(label="Message on signing in", elem_classes="message-place")
            self.typed = gr.Textbox("", label="Your key", type="password", max_lines=1)
            with gr.Row():
                self.sign_in = gr.Button("Sign in", size="sm")
                self.sign_out = gr.Button("Sign out", size="sm", visible=False)

    @property
    def outputs(self) -> list[Any]:
        """What `shown` fills in."""
        return [self._who, self._said, self.typed, self.sign_in, self.sign_out, self.me]

    def keys_required(self) -> bool:
        """Whether a name alone is not enough: always where somebody is registered."""
        return self._openness.keys_required or self._people.any()

    def find(self, me: Any) -> Person | None:
        """Whose key or name it is; None for nobody's.

        Raises:
            NotAllowedError: too many wrong keys came from this client.
            StorageError: the name cannot be one, or the database cannot be read.
        """
        words = me if isinstance(me, str) and me != NOBODY else ""
        if not words.strip():
            return None
        if not self.keys_required():
            return Person(checked_name(words), "reviewer")
        client = client_of_event()
        self._wrong_keys.check(client, words)
        person = self._people.of_key(words)
        if person is None:
            self._wrong_keys.was_wrong(client, words)
        else:
            self._wrong_keys.was_right(words)
        return person

    def require(self, me: Any) -> Person:
        """The person at the page.

        Raises:
            NotAllowedError: it is a reader.
        """
        person = self.find(me)
        if person is None:
            raise NotAllowedError(SIGN_IN)
        return person

    def shown(self, me: Any) -> Update:
        """The components for whoever is at the page."""
        required, person, problem = True, None, ""
        try:
            required = self.keys_required()
            person = self.find(me)
        except AssistantError as error:
            problem = problem_html(said(error))
            if isinstance(error, StorageUnavailableError) and me != NOBODY:  # not to be taken for a reader
                return {self._said: problem}
        label: str = "Your key" if required else "Your name"
        return {
            self._who: person_html(person, required),
            self._said: problem,
            self.typed: gr.Textbox("", label=label, type="password" if required else "text", visible=person is None),
            self.sign_in: gr.Button(visible=person is None),
            self.sign_out: gr.Button(visible=person is not None),
        }

    def signed_in(self, typed: str | None) -> Update:
        """What becomes of a key or a name that was typed."""
        me = (typed or "").strip()
        try:
            person = self.find(me)
        except AssistantError as error:
            return {self._said: problem_html(said(error))}
        if person is None:
            what = "Type your key first." if self.keys_required() else "Type your name first."
            return {self._said: problem_html(UNKNOWN_KEY if me else what)}
        return self.shown(me) | {self.me: me}

    def signed_out(self) -> Update:
        """Back to a reader."""
        return self.shown(NOBODY) | {self.me: NOBODY}
