"""Build and launch the Gradio app."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stdout, suppress
from functools import partial
from io import StringIO
from typing import cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 Gradio reads its analytics switch at import

# FastAPI would import it for its first route. There, garbage that is collected meanwhile and imports something itself
# has ended the building of an app: CPython 3.11 then loses the import's lock, a KeyError.
import pydantic.v1  # noqa: E402, F401
from gradio.routes import ORJSONResponse  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from assistant.errors import AssistantError, LibraryIndexError  # noqa: E402
from assistant.files.temporary import own_temporary_folder  # noqa: E402
from assistant.index.following import Follower  # noqa: E402
from assistant.indexing.own_documents import clear_up  # noqa: E402
from assistant.library import CurrentLibrary, Library, follower_of  # noqa: E402
from assistant.readers import for_everybody  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from assistant.storage import open_accounts, open_audit, open_cases, open_conversations, open_database  # noqa: E402
from assistant.web.api.case_programs import add_case_programs  # noqa: E402
from assistant.web.api.endpoints import Blocks  # noqa: E402
from assistant.web.api.programs import add_programs  # noqa: E402
from assistant.web.api.tools import serving_tools  # noqa: E402
from assistant.web.ask.tab import AskTab  # noqa: E402
from assistant.web.check.tab import check_tab  # noqa: E402
from assistant.web.compare_tab import compare_tab  # noqa: E402
from assistant.web.door.connections import limit_connections  # noqa: E402
from assistant.web.door.guarded_app import GuardedApp, door  # noqa: E402
from assistant.web.door.logs import keep_requests_out_of_logs  # noqa: E402
from assistant.web.door.metrics import LOOPBACK, Metrics, metrics_route  # noqa: E402
from assistant.web.door.permissions import Openness, own_hosts  # noqa: E402
from assistant.web.door.request_limits import Traffic  # noqa: E402
from assistant.web.door.shutdown import orderly_shutdown, serve_until_stopped  # noqa: E402
from assistant.web.door.signs import sign_routes  # noqa: E402
from assistant.web.door.traces import open_traces  # noqa: E402
from assistant.web.door.uploads import Uploads  # noqa: E402
from assistant.web.fonts import font_routes  # noqa: E402
from assistant.web.glossary_tab import glossary_tab  # noqa: E402
from assistant.web.html_parts import heading_html  # noqa: E402
from assistant.web.library.getting_originals import OriginalsJob, originals_banner  # noqa: E402
from assistant.web.library.originals import source_routes  # noqa: E402
from assistant.web.library.reader import reader_routes  # noqa: E402
from assistant.web.library.tab import library_tab  # noqa: E402
from assistant.web.precedents.chapter_editor import chapter_routes  # noqa: E402
from assistant.web.precedents.tab import PrecedentsTab  # noqa: E402
from assistant.web.quality_tab import quality_html  # noqa: E402
from assistant.web.sign_in.account_bar import account_bar  # noqa: E402
from assistant.web.sign_in.audit_file import audit_route  # noqa: E402
from assistant.web.sign_in.routes import sign_in_routes  # noqa: E402
from assistant.web.static import read_static  # noqa: E402
from assistant.web.templates import render  # noqa: E402
from assistant.web.theme import BEFORE_PAGE, PAGE_SCRIPT, theme  # noqa: E402
from assistant.web.warm_up import warm_up  # noqa: E402

TITLE = "Steward"
HELD = "What answers come from: who published it, when, and with what authority."
UPLOADS_KEPT_S = (600, 3600)
"""How often unused uploads are looked for, and the age at which they are deleted, in seconds."""
SESSIONS = 1000
"""Most page states kept; the least recently used is dropped."""
_M_ARENA_MAX = -8


def build_app(current: Callable[[], Library], host: str = "") -> Blocks:
    """Return the app without launching it; it calls ``current`` for the library at each question.

    ``host`` is the address it will listen on, which with the settings decides what readers may do.

    Raises:
        StorageError: the conversations database cannot be used.
    """
    settings = current().settings
    builds = settings.index.published is None
    openness = Openness(settings.web, host, signs_in=settings.sign_in.is_on, builds=builds)
    with Blocks(web=settings.web, title=TITLE, analytics_enabled=False, delete_cache=UPLOADS_KEPT_S) as blocks:
        blocks.audit = blocks.closing(open_audit(settings))
        bar = gr.HTML(render("bar"), js_on_load=read_static("addresses.js"), elem_classes="bar-place")
        if settings.sign_in.is_on:
            account_bar(blocks, signs_out=bool(settings.sign_in.issuer))
        originals = OriginalsJob(current)
        ended = originals_banner(blocks, originals, openness)
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab("Ask", id="ask"):
                ask_tab = AskTab(current, open_conversations(settings))
            precedents_tab = PrecedentsTab(for_everybody(current), blocks.closing(open_cases(settings)), openness)
            with gr.Tab("Library", id="library") as place:
                gr.HTML(heading_html("Library", HELD), elem_classes="heading")
                with gr.Tabs(overflow_behavior="wrap") as views:
                    asking = library_tab(current, openness, originals, ended, place)
                    compare_tab(current)
                    glossary_tab(current)
                    with gr.Tab("How good are the answers?", id="quality") as figures:
                        quality = gr.HTML(label="Quality", js_on_load=read_static("quality.js"))
            with gr.Tab("Check", id="check"):
                check_tab(current)
        precedents_tab.connect(bar.edit, bar.select)
        ask_tab.connect_page(blocks, tabs, views, precedents_tab)
        ask_tab.connect_library(asking)
        add_programs(current)
        add_case_programs(for_everybody(current))
        # Read when the tab is opened, so that a new report shows. Not at page load: it is large, and the app keeps
        # what it sent to each page.
        figures.select(partial(quality_html, settings.quality_report), None, quality, api_visibility="private")
    for event in blocks.fns.values():
        if event.show_progress == "hidden":
            # Gradio's page copies what shows progress, with all that is inside: for some events the whole page.
            event.show_progress_on = ()
    blocks.openness, blocks.originals = openness, originals
    return cast(Blocks, blocks)


def launch(settings: Settings, host: str, port: int) -> None:
    """Open the library and serve the app until a signal stops it."""
    # OpenBLAS threads keep spinning between the small products of a question, on cores that others need.
    threadpool_limits(1, user_api="blas")
    # Each thread would take memory of its own from glibc and return hardly any: 40 % more after 400 questions.
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    host = host.strip("[]")
    hosts = ", ".join(own_hosts(host, settings.web)).replace("*", "any other")
    clear_up(settings)
    with orderly_shutdown(), own_temporary_folder():
        follower = follower_of(settings) if settings.index.published else None
        current = _open(settings, follower)
        blocks = build_app(current, host)
        try:
            address = serve(blocks, current, host, port, follower)
        except OSError as error:
            raise AssistantError(
                f"Cannot listen on {host}:{port}: {error}. Choose another port with --port."
            ) from error
        print(f"Steward is running at {address.rstrip('/')} and accepts requests for {hosts}.", file=sys.stderr)
        print(f"Access: {blocks.openness.words()}", file=sys.stderr)
        with closing(blocks.originals), serve_until_stopped(blocks):
            warm_up(current)
            if follower:
                follower.start()
            elif settings.fetching.at_start:
                blocks.originals.start()
            # What is loaded by now stays, so later collections can skip it.
            gc.freeze()
            gc.enable()


def _open(settings: Settings, follower: Follower | None) -> CurrentLibrary:
    """Open the library; where there is none that can be opened, take the published one first."""
    try:
        return CurrentLibrary(settings)
    except LibraryIndexError as error:
        if follower is None:
            raise
        print(f"{error} Fetching the index from {settings.index.published}.", file=sys.stderr)
        follower.look(anew=True)
        return CurrentLibrary(settings)


def serve(
    blocks: Blocks, current: Callable[[], Library], host: str, port: int = 0, follower: Follower | None = None
) -> str:
    """Start serving an app with its theme, limits and documents, and return its address.

    Raises:
        OSError: the port is taken.
    """
    settings = current().settings
    blocks.traffic = Traffic()
    database = blocks.closing(open_database(settings))
    metrics = blocks.closing(Metrics(blocks, for_everybody(current), follower))
    if follower:
        blocks.closing(follower)
    accounts = blocks.closing(open_accounts(settings)) if settings.sign_in.is_on else None
    if settings.web.traces:
        blocks.closing(open_traces(settings.web.traces))
    uploads = Uploads(settings, lambda: blocks.openness.may_add, blocks.upload_file_set.update)
    # Otherwise uvicorn, as Gradio starts it, would trust forwarding headers from local programs before we see them.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    app = GuardedApp(
        routes=[
            *source_routes(current),
            *reader_routes(current),
            *chapter_routes(for_everybody(current)),
            *font_routes(),
            *uploads.routes(),
            *sign_routes(current, database, follower),
            metrics_route(metrics, settings.web.metrics_for or LOOPBACK),
            audit_route(settings),
            *(sign_in_routes(settings.sign_in, accounts) if accounts and settings.sign_in.issuer else ()),
        ],
        middleware=door(host, settings.web, blocks.openness, blocks.traffic, settings.sign_in, accounts),
        default_response_class=ORJSONResponse,
    )
    # Gradio announces its MCP server even when quiet.
    with redirect_stdout(StringIO()):
        _, address, _ = blocks.launch(
            server_name=f"[{host}]" if ":" in host else host,
            server_port=port or None,
            share=False,
            quiet=True,
            theme=theme(),
            head=BEFORE_PAGE,
            js=PAGE_SCRIPT,
            max_file_size=int(settings.reading.max_file_mb * 2**20),
            footer_links=["api"],
            inbrowser=False,
            mcp_server=True,
            app_kwargs={"lifespan": serving_tools},
            _app=app,
            prevent_thread_lock=True,
            # Otherwise Gradio asks for the page before anybody does, and ends the start if that takes three seconds.
            _frontend=False,
            # By default the browser keeps questions after they are deleted, and the server keeps 10,000 sessions.
            run_history=False,
            state_session_capacity=SESSIONS,
        )
    limit_connections(blocks.server)
    keep_requests_out_of_logs(settings.web.logs)
    return address
