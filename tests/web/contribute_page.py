"""The view Contribute as a browser holds it, without one: events run on what earlier ones left on the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import gradio as gr

from assistant.library import Library
from assistant.storage import CaseStore
from assistant.web.door.permissions import Openness
from assistant.web.precedents.tab import CONTRIBUTE, PrecedentsTab
from tests.web.pages import parsed, unserved, words_of


class ContributePage:
    """One page of one person; ``me`` is their key or name."""

    def __init__(self, library: Library, store: CaseStore, me: str = "", *, signs_in: bool = False) -> None:
        with unserved() as blocks, gr.Tabs():
            openness = Openness(library.settings.web, signs_in=signs_in)
            tab = PrecedentsTab(lambda: library, store, openness)
        self.view = tab._contribute
        self._events = {event.api_name: event for event in blocks.fns.values()}
        self.shown: dict[Any, dict[str, Any]] = {}
        for component in blocks.blocks.values():
            value = getattr(component, "default_value", getattr(component, "value", None))
            self.shown[component] = {"value": value, "visible": getattr(component, "visible", True)}
        if me:
            self.sign_in(me)

    def sign_in(self, me: str) -> None:
        """Type a key or a name, and send it."""
        self.set(self.view.who.typed, me)
        self.fire("sign_in")

    def fire(self, name: str, **data: Any) -> None:
        """Have an event happen, with what it says itself, and take what it changes."""
        event = self._events[name]
        assert event.api_visibility == "private"
        said = [SimpleNamespace(target=None, _data=data, **data)] if event.collects_event_data else []
        found = event.fn(*said, *(self.shown[item]["value"] for item in event.inputs))
        outputs = found if isinstance(found, dict) else dict(zip(event.outputs, [found], strict=True))
        assert set(outputs) <= set(event.outputs), name
        for component, update in outputs.items():
            self._take(component, update)

    def _take(self, component: Any, update: Any) -> None:
        if isinstance(update, gr.blocks.Block):
            self.shown[component] |= update.constructor_args
        elif isinstance(update, Mapping) and "__type__" in update:
            self.shown[component] |= update
        else:
            self.shown[component]["value"] = update

    def set(self, component: Any, value: Any) -> None:
        """Type or choose a value."""
        self.shown[component]["value"] = value

    def type(self, **fields: Any) -> None:
        """Type into fields of the form, one after the other, as the page's script tells."""
        for name, value in fields.items():
            self.set(self.view.place.form._parts[name], value)
            self._keep()
            self.fire("check_case", field=name)

    def _keep(self) -> None:
        """What the script keeps in the browser."""
        values = [self.shown[part]["value"] for part in self.view.place.form.components]
        self.set(self.view.place.typed, {"values": values})

    def fill(self, fields: Mapping[str, Any]) -> None:
        """Type all of a case; of its sources those outside the library."""
        self.type(**{name: value for name, value in fields.items() if name != "source"})
        for source in fields.get("source", ()):
            self.publication(**source)

    def publication(self, **parts: str) -> None:
        """Type another publication and add it."""
        for name, value in parts.items():
            self.set(self.view.place.sources._parts[name], value)
        self.fire("add_source")

    def begin(self, fields: Mapping[str, Any]) -> None:
        """A new draft with these fields, saved."""
        self.fire("new_case")
        self.fill(fields)
        self.fire("save_case")

    def open(self, case_id: str) -> None:
        """Open one of the person's own cases."""
        self.fire("open_own_case", entry=case_id)

    def reload(self, library: Library, store: CaseStore) -> ContributePage:
        """The same browser's page, loaded again: only what the browser keeps is left."""
        page = ContributePage(library, store)
        for old, new in zip(self._kept, page._kept, strict=True):
            page.set(new, self.shown[old]["value"])
        page.enter()
        return page

    def enter(self) -> None:
        """Choose the view."""
        (view,) = [item for item in self.shown if getattr(item, "label", None) == "Show"]
        self.set(view, CONTRIBUTE)
        self.fire("contribute")

    @property
    def _kept(self) -> list[Any]:
        return [self.view.who.me, self.view.place.work, self.view.place.typed]

    def words(self, name: str) -> str:
        """What a part of the case's place says, in plain words."""
        return words_of(parsed(self.html(name)))

    def html(self, name: str) -> str:
        """The HTML of a part of the case's place or of the view."""
        place = self.view.place
        parts = (
            vars(self.view) | vars(place) | {"listed": place.sources.listed, "source_message": place.sources.message}
        )
        parts |= {"who": self.view.who._who, "said": self.view.who._said, "found": place.sources._found}
        return str(self.shown[parts[name]]["value"] or "")

    def field(self, name: str) -> Any:
        """What a field of the form holds."""
        return self.shown[self.view.place.form._parts[name]]["value"]

    def is_visible(self, component: Any) -> bool:
        """Whether a component is shown, for all that is around it."""
        return bool(self.shown[component]["visible"])

    @property
    def buttons(self) -> set[str]:
        """What the buttons say that are shown with the case."""
        place = self.view.place
        every = [place.save, place.submit, place.submit_sure, place.on_top, place.take_theirs, place.close_really]
        return {button.value for button in [*every, *place.decide.values()] if self.is_visible(button)}
