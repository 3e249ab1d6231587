"""The web app: ask questions and see the evidence beside each answer."""

from assistant.web.app import build_app, launch

__all__ = ["build_app", "launch"]
