"""Functions of the app that other programs call by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints

import gradio as gr
from gradio.events import api

from assistant.errors import AssistantError


def add_endpoint(function: Callable[..., Any], name: str) -> None:
    """Offer a typed function to programs; an error of ours reaches them as its sentence.

    Its types and docstring become the description of the endpoint. Call it where the app is being built.
    """
    # Gradio reads annotations as they stand, which is as strings.
    function.__annotations__ = get_type_hints(function)

    @wraps(function)
    def answer(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    api(answer, api_name=name)
