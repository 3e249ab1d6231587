"""The web app: a chat with its evidence beside it."""

from assistant.web.app import build_app, launch

__all__ = ["build_app", "launch"]
