"""The chat model of the settings: any of LangChain's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailableError
from assistant.settings import ModelSettings

if TYPE_CHECKING:  # slow to load
    from langchain_core.language_models import BaseChatModel


def build_model(settings: ModelSettings) -> BaseChatModel:
    """Return the chat model of the settings; nothing is asked of it yet.

    Raises:
        ModelUnavailableError: none is set, or its package or key is missing; the message says what to do.
    """
    if settings.name is None:
        raise ModelUnavailableError(
            "No chat model is set, so answers can only quote. Set STEWARD_MODEL__NAME to `provider:model`; "
            "docs/models.md names some, also on this machine."
        )
    from langchain.chat_models import init_chat_model

    # No temperature: some models accept only their own. No retries: the time is better spent on the extractive answer.
    options: dict[str, Any] = {"timeout": settings.seconds, "max_tokens": settings.max_tokens, "max_retries": 0}
    options |= {"base_url": settings.base_url} if settings.base_url else {}
    options |= {"api_key": settings.key} if settings.key else {}
    # Servers other than OpenAI's own are asked for the count of tokens too.
    options |= {"stream_usage": True} if settings.name.startswith("openai:") else {}
    try:
        model: BaseChatModel = init_chat_model(settings.name, **options)
    except ImportError as error:
        # The text names the package and the `pip install` for it.
        raise ModelUnavailableError(
            f"The package of the chat model {settings.name} is not installed: {_first_line(error, settings)}."
        ) from None
    except Exception as error:
        # Each provider has its own errors. Their text may quote the arguments, key included, so the cause is not
        # chained.
        raise ModelUnavailableError(
            f"The chat model {settings.name} cannot be opened: {_first_line(error, settings)}. If it needs a key, set "
            "it with `export STEWARD_MODEL__KEY=…`; if the provider is wrong, set STEWARD_MODEL__NAME."
        ) from None
    return model


def describe_model(settings: ModelSettings) -> str:
    """Return what is set, for `steward doctor`; of the key only whether it is set.

    Raises:
        ModelUnavailableError: as `build_model`.
    """
    if settings.name is None and not settings.writes_questions:
        return "none set: answers quote; STEWARD_MODEL__NAME names one (see docs/models.md)"
    build_model(settings)
    key = f"key {'set' if settings.key else 'unset'}"
    return f"{settings.name} at {settings.base_url or 'its provider'}, {key}; `steward doctor --model` tries it"


def _first_line(error: Exception, settings: ModelSettings) -> str:
    """Return an error's first line, without the key."""
    words = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    secret = settings.key.get_secret_value() if settings.key else ""
    return words.replace(secret, "…") if secret else words
