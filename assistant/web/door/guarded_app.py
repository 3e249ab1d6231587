"""The layers that a request passes before Gradio sees it, in order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.middleware import Middleware

from assistant.errors import SettingsError
from assistant.settings import SignInSettings, WebSettings
from assistant.storage import Accounts
from assistant.web.door.forwarding import ForwardingMiddleware
from assistant.web.door.guard import GuardMiddleware
from assistant.web.door.hosts import OwnPagesMiddleware
from assistant.web.door.own_readers import ReadersMiddleware
from assistant.web.door.page_policy import PagePolicyMiddleware
from assistant.web.door.permissions import Openness, own_hosts
from assistant.web.door.request_ids import RequestIdsMiddleware
from assistant.web.door.request_limits import LimitsMiddleware, Traffic
from assistant.web.door.routes import RoutesMiddleware
from assistant.web.sign_in.layer import AccountsMiddleware

_NO_SIGN_IN = SignInSettings()


def door(
    host: str,
    web: WebSettings,
    openness: Openness,
    traffic: Traffic,
    sign_in: SignInSettings = _NO_SIGN_IN,
    accounts: Accounts | None = None,
) -> list[Middleware]:
    """Return the layers of an app that listens on ``host``, outermost first.

    ``accounts`` are those of the people who sign in; None where nobody does.

    Raises:
        SettingsError: the app would listen on every address, and no hosts are set; or no proxy may name people.
    """
    if sign_in.header and not web.proxies:
        raise SettingsError(
            f"STEWARD_SIGN_IN__HEADER is {sign_in.header!r}, but nobody may send it. Name the proxy that does in "
            "STEWARD_WEB__PROXIES."
        )
    return [
        Middleware(
            ForwardingMiddleware,
            proxies=web.proxies or (),
            on_forwarded=openness.close,
            identity=(sign_in.header, sign_in.groups_header),
        ),
        Middleware(RequestIdsMiddleware),
        Middleware(GuardMiddleware, traffic=traffic),
        Middleware(OwnPagesMiddleware, hosts=own_hosts(host, web)),
        Middleware(RoutesMiddleware, has_sign_in=bool(sign_in.issuer)),
        Middleware(AccountsMiddleware, accounts=accounts, settings=sign_in)
        if accounts
        else Middleware(ReadersMiddleware),
        Middleware(LimitsMiddleware, traffic=traffic),
        Middleware(PagePolicyMiddleware),
    ]


class GuardedApp(App):
    """Gradio's server app, with Gradio's own layers inside those it is given."""

    def __init__(self, *values: Any, **named: Any) -> None:
        """Take what Gradio's app takes."""
        super().__init__(*values, **named)
        self.state_holder = _Sessions()  # type: ignore[no-untyped-call]

    def add_middleware(self, middleware_class: Any, *args: Any, **kwargs: Any) -> None:
        """Add a layer of Gradio's innermost; Starlette would add it outermost."""
        self.user_middleware.append(Middleware(middleware_class, *args, **kwargs))


class _Sessions(StateHolder):
    """The state of open pages."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)


class _Session(SessionState):
    """The state of an open page, without the copy of its components that only Gradio's deep links read.

    The copy takes half a megabyte a page and some hundredths of a second, and holds what the page was sent.
    """

    def __init__(self, blocks: Any) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks=()))  # type: ignore[arg-type]

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass
