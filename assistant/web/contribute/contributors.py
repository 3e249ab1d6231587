"""Who contributes: who is signed in or else a key or a name, kept in the browser and looked up at each event."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.errors import AssistantError, NotAllowedError, StorageUnavailableError
from assistant.readers import current_person
from assistant.roles import Person
from assistant.storage.people import People, checked_name
from assistant.web.api.endpoints import client_of_event, reader_message
from assistant.web.contribute.case_html import account_html, person_html
from assistant.web.door.permissions import Openness
from assistant.web.door.wrong_keys import WrongKeys
from assistant.web.html_parts import problem_html
from assistant.web.precedents.page import Update

SIGN_IN = (
    "You are not signed in. Sign in under “Who you are”. If your name is shown there, your key has ended: reload the "
    "page and sign in with a new one. What you typed is kept."
)
UNKNOWN_KEY = (
    "Key not recognised. It may have ended, or part of it may be missing. Copy the whole key, "
    "or ask your administrator for a new one."
)
NOBODY = "nobody"
"""What the browser keeps after signing out; it ignores an empty value and would restore the one before."""


class Contributors:
    """The components of "Who you are"."""

    def __init__(self, openness: Openness, people: People) -> None:
        self._openness = openness
        self._people = people
        self._wrong_keys = WrongKeys()
        # The key is the identity. The "secret" hides nothing; it must stay the same after a restart.
        self.me = gr.BrowserState(NOBODY, storage_key="steward-contributor", secret="steward")  # noqa: S106
        with gr.Column(elem_classes="case-desk"), gr.Accordion("Who you are", open=True):
            self._who = gr.HTML(label="Who you are")
            self._said = gr.HTML(label="Message on signing in", elem_classes="message-place")
            asks = not openness.signs_in
            self.typed = gr.Textbox("", label="Your key", type="password", max_lines=1, visible=asks)
            with gr.Row():
                self.sign_in = gr.Button("Sign in", size="sm", visible=asks)
                self.sign_out = gr.Button("Sign out", size="sm", visible=False)

    @property
    def outputs(self) -> list[Any]:
        """The components that `shown` fills in."""
        return [self._who, self._said, self.typed, self.sign_in, self.sign_out, self.me]

    def keys_required(self) -> bool:
        """Return whether a name alone is not enough; true once anybody is registered."""
        return self._openness.keys_required or self._people.any()

    def find(self, me: Any) -> Person | None:
        """Return who is signed in, or else the person with this key or name; None if there is none, or a reader.

        Raises:
            NotAllowedError: too many wrong keys came from this client.
            StorageError: the name is not valid, or the database cannot be read.
        """
        if self._openness.signs_in:
            person = current_person()
            return person if person and person.may("contribute") else None
        words = me if isinstance(me, str) and me != NOBODY else ""
        if not words.strip():
            return None
        if not self.keys_required():
            return Person(checked_name(words), "reviewer")
        client = client_of_event()
        self._wrong_keys.check(client, words)
        person = self._people.of_key(words)
        if person is None:
            self._wrong_keys.record_wrong(client, words)
        else:
            self._wrong_keys.record_valid(words)
        return person

    def require(self, me: Any) -> Person:
        """Return the person who is signed in.

        Raises:
            NotAllowedError: nobody is.
        """
        person = self.find(me)
        if person is None:
            raise NotAllowedError(SIGN_IN)
        return person

    def shown(self, me: Any) -> Update:
        """Return what the components show for this key or name."""
        if self._openness.signs_in:
            return {self._who: account_html(current_person()), self._said: ""}
        required, person, problem = True, None, ""
        try:
            required = self.keys_required()
            person = self.find(me)
        except AssistantError as error:
            problem = problem_html(reader_message(error))
            if isinstance(error, StorageUnavailableError) and me != NOBODY:  # do not show them as a reader
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
        """Return what the components show after somebody typed a key or a name."""
        me = (typed or "").strip()
        try:
            person = self.find(me)
        except AssistantError as error:
            return {self._said: problem_html(reader_message(error))}
        if person is None:
            what = "Enter your key." if self.keys_required() else "Enter your name."
            return {self._said: problem_html(UNKNOWN_KEY if me else what)}
        return self.shown(me) | {self.me: me}

    def signed_out(self) -> Update:
        """Return what the components show after signing out."""
        return self.shown(NOBODY) | {self.me: NOBODY}
