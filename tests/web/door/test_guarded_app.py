"""What the server keeps of each open page."""

from __future__ import annotations

import httpx

from assistant.library import Library
from tests.web.serving import running


def test_nothing_that_a_page_was_sent_stays_in_memory(library: Library) -> None:
    with running(lambda: library) as (blocks, address):
        asking = next(event for event in blocks.fns.values() if event.api_name == "show_comparison")
        given = {"data": ["boats", ["harbour-plan", "tide-report"]], "fn_index": asking._id, "session_hash": "page"}
        sent = httpx.post(f"{address}/gradio_api/queue/join", json=given)
        assert sent.status_code == 200, sent.text
        said = httpx.get(f"{address}/gradio_api/queue/data", params={"session_hash": "page"}, timeout=60).text
        assert "boats" in said
        state = blocks.app.state_holder["page"]
        assert not list(state.components)
        assert "40 boats" not in repr(vars(state))
