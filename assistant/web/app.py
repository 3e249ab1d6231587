"""Builds and launches the Gradio app."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 its analytics switch is read at import
from gradio.routes import ORJSONResponse  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from assistant.errors import AssistantError  # noqa: E402
from assistant.files.temporary import own_temporary_folder  # noqa: E402
from assistant.indexing.own_documents import clear_up  # noqa: E402
from assistant.library import CurrentLibrary, Library  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from assistant.storage import open_cases, open_conversations  # noqa: E402
from assistant.web.api.case_programs import add_case_programs  # noqa: E402
from assistant.web.api.endpoints import Blocks  # noqa: E402
from assistant.web.api.programs import add_programs  # noqa: E402
from assistant.web.api.tools import serving_tools  # noqa: E402
from assistant.web.ask.tab import CSS as ASK_CSS  # noqa: E402
from assistant.web.ask.tab import AskTab  # noqa: E402
from assistant.web.check_tab import check_tab  # noqa: E402
from assistant.web.compare_tab import compare_tab  # noqa: E402
from assistant.web.door.connections import limit_connections  # noqa: E402
from assistant.web.door.ending import ended_in_order, served_until_ended  # noqa: E402
from assistant.web.door.guarded_app import GuardedApp, door  # noqa: E402
from assistant.web.door.limits import LimitsMiddleware, Traffic  # noqa: E402
from assistant.web.door.logs import keep_requests_out  # noqa: E402
from assistant.web.door.openness import Openness, own_hosts  # noqa: E402
from assistant.web.door.uploads import Uploads  # noqa: E402
from assistant.web.glossary_tab import glossary_tab  # noqa: E402
from assistant.web.library.originals import source_routes  # noqa: E402
from assistant.web.library.tab import library_tab  # noqa: E402
from assistant.web.precedents.chapter_view import CSS as CHAPTER_CSS  # noqa: E402
from assistant.web.precedents.page import CSS as CASE_CSS  # noqa: E402
from assistant.web.precedents.tab import PrecedentsTab  # noqa: E402
from assistant.web.quality import quality_html  # noqa: E402
from assistant.web.tables import CSS as TABLE_CSS  # noqa: E402
from assistant.web.theme import PAGE_SCRIPT, theme  # noqa: E402
from assistant.web.warm_up import warm_up  # noqa: E402

TITLE = "Steward"
INTRODUCTION = (
    "Ask about mission-led government. Answers rest on the library's own sentences, shown word for word beside them. "
    "Where Steward finds no answer in the library, it says so; it can miss that, so read the evidence."
)
CSS = """
.evidence-card { border: 1px solid var(--border-color-primary); border-radius: 8px; padding: 12px; }
.evidence-card { margin-bottom: 12px; }
.evidence-card .authority { font-weight: 600; }
.facts { display: grid; grid-template-columns: minmax(6em, max-content) 1fr; gap: 4px 16px; margin: 8px 0; }
.facts dt { font-weight: 600; }
.facts dd, .facts dd a { margin: 0; padding: 0; overflow-wrap: anywhere; }
.evidence-card blockquote { white-space: pre-wrap; overflow-wrap: anywhere; }
.visually-hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
"""
UPLOADS_KEPT_S = (600, 3600)
"""How often uploads that nothing was done with are looked for, and at what age they are deleted, in seconds."""
SESSIONS = 1000
"""Pages whose state is kept, at about 0.5 MB each; of more the one longest unused is forgotten."""


def build_app(current: Callable[[], Library], host: str = "") -> Blocks:
    """The app over a library, ``current`` gives it for each question; nothing is launched.

    ``host`` is the address that it will listen on: what is open follows from it, and from the settings.

    Raises:
        StorageError: the database of conversations cannot be used.
    """
    settings = current().settings
    openness = Openness(settings.web, host)
    with Blocks(title=TITLE, analytics_enabled=False, delete_cache=UPLOADS_KEPT_S) as blocks:
        gr.Markdown(f"# {TITLE}\n\n{INTRODUCTION}")
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab("Ask", id="ask"):
                ask_tab = AskTab(current, open_conversations(settings))
            compare_tab(current)
            with gr.Tab("Check a draft", id="check"):
                check_tab(current)
            precedents_tab = PrecedentsTab(current, blocks.closing(open_cases(settings)), openness)
            library_tab(current, openness)
            glossary_tab(current)
            with gr.Tab("Quality", id="quality") as figures:
                quality = gr.HTML(label="Quality")
        ask_tab.connect_page(blocks, tabs, precedents_tab)
        add_programs(current)
        add_case_programs(current)
        # Each time it is looked at, so that a report made while the app runs is seen. Not as the page loads: it is
        # large, and the app keeps what it sent to each page.
        figures.select(partial(quality_html, settings.quality_report), None, quality, api_visibility="private")
    blocks.openness = openness
    return cast(Blocks, blocks)


def launch(settings: Settings, host: str, port: int) -> None:
    """Open the library and serve the app until a signal ends it, in order."""
    # OpenBLAS keeps its threads spinning between the small products of a question, on cores that others need.
    threadpool_limits(1, user_api="blas")
    host = host.strip("[]")
    hosts = ", ".join(own_hosts(host, settings.web)).replace("*", "any other")
    clear_up(settings)
    with ended_in_order(), own_temporary_folder():
        current = CurrentLibrary(settings)
        blocks = build_app(current, host)
        try:
            address = serve(blocks, current, host, port)
        except OSError as error:
            raise AssistantError(f"Cannot listen on {host}:{port}: {error}. Choose another with --port.") from error
        print(f"Steward listens on {address.rstrip('/')} and answers under {hosts}.", file=sys.stderr)
        print(f"Open here: {blocks.openness.words()}", file=sys.stderr)
        with served_until_ended(blocks):
            warm_up(current)
            # What was loaded stays: later collections need not walk through it.
            gc.freeze()
            gc.enable()


def serve(blocks: Blocks, current: Callable[[], Library], host: str, port: int = 0) -> str:
    """Serve an app with its look, its limits and its documents; its address comes back at once.

    Raises:
        OSError: the port is taken.
    """
    settings = current().settings
    blocks.traffic = Traffic()
    uploads = Uploads(settings, lambda: blocks.openness.may_add, blocks.upload_file_set.update)
    # As Gradio starts it, uvicorn would believe forwarding headers of this machine's programs before we see them.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    app = GuardedApp(
        routes=[*source_routes(current), *uploads.routes()],
        middleware=[
            *door(host, settings.web, blocks.openness),
            Middleware(LimitsMiddleware, traffic=blocks.traffic),
        ],
        default_response_class=ORJSONResponse,
    )
    # Gradio announces its MCP server whether or not it is to be quiet.
    with redirect_stdout(StringIO()):
        _, address, _ = blocks.launch(
            server_name=f"[{host}]" if ":" in host else host,
            server_port=port or None,
            share=False,
            quiet=True,
            theme=theme(),
            css=CSS + ASK_CSS + TABLE_CSS + CASE_CSS + CHAPTER_CSS,
            js=PAGE_SCRIPT,
            max_file_size=int(settings.reading.max_file_mb * 2**20),
            footer_links=["api"],
            inbrowser=False,
            mcp_server=True,
            app_kwargs={"lifespan": serving_tools},
            _app=app,
            prevent_thread_lock=True,
            # By default what was asked stays in the browser after it was deleted, and ten thousand sessions here.
            run_history=False,
            state_session_capacity=SESSIONS,
        )
    limit_connections(blocks.server)
    keep_requests_out()
    return address
