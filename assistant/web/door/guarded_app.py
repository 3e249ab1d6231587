"""The layers that a request passes before Gradio sees it, in order."""

from __future__ import annotations

from typing import Any

from gradio.routes import App
from starlette.middleware import Middleware

from assistant.settings import WebSettings
from assistant.web.door.forwarding import ForwardingMiddleware
from assistant.web.door.guard import GuardMiddleware
from assistant.web.door.hosts import OwnPagesMiddleware
from assistant.web.door.own_readers import ReadersMiddleware
from assistant.web.door.permissions import Openness, own_hosts
from assistant.web.door.request_ids import RequestIdsMiddleware
from assistant.web.door.request_limits import LimitsMiddleware, Traffic
from assistant.web.door.routes import RoutesMiddleware


def door(host: str, web: WebSettings, openness: Openness, traffic: Traffic) -> list[Middleware]:
    """Return the layers of an app that listens on ``host``, outermost first.

    Raises:
        SettingsError: the app would listen on every address, and no hosts are set.
    """
    return [
        Middleware(ForwardingMiddleware, proxies=web.proxies or (), on_forwarded=openness.close),
        Middleware(RequestIdsMiddleware),
        Middleware(GuardMiddleware, traffic=traffic),
        Middleware(OwnPagesMiddleware, hosts=own_hosts(host, web)),
        Middleware(RoutesMiddleware),
        Middleware(ReadersMiddleware),
        Middleware(LimitsMiddleware, traffic=traffic),
    ]


class GuardedApp(App):
    """Gradio's server app, with Gradio's own layers inside those it is given."""

    def add_middleware(self, middleware_class: Any, *args: Any, **kwargs: Any) -> None:
        """Add a layer of Gradio's innermost; Starlette would add it outermost."""
        self.user_middleware.append(Middleware(middleware_class, *args, **kwargs))
