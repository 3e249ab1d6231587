"""The app over its own interface, as a program calls it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from assistant.library import Library
from tests.web.pages import word_draft
from tests.web.serving import served


@pytest.mark.slow
def test_a_program_can_call_both_and_its_file_is_not_kept(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    draft = Path(word_draft(tmp_path / "mine" / "draft.docx"))
    with served(lambda: library) as address:
        client = Client(address, verbose=False, analytics_enabled=False)
        said = client.predict(topic="boats", documents=["harbour-plan", "tide-report"], api_name="/compare")
        assert (said["topic"], len(said["documents"])) == ("boats", 2)
        said = client.predict(text="", file=handle_file(draft), api_name="/check")
        assert (said["draft"], said["sentences"][0]["verdict"]) == ("draft.docx", "clashes")
        with pytest.raises(AppError, match=r"Paste a draft or choose a file\."):
            client.predict(api_name="/check")
        assert draft.exists()
        assert not list((tmp_path / "uploads").rglob("*.docx"))
        # A file of the machine's own is neither read nor deleted.
        mine = {"path": str(draft), "meta": {"_type": "gradio.FileData"}}
        asked = httpx.post(f"{address}/gradio_api/call/check", json={"data": ["", mine]}).json()["event_id"]
        assert "event: error" in httpx.get(f"{address}/gradio_api/call/check/{asked}").text
        assert draft.exists()
