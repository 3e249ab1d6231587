"""The chat model of the settings: any of LangChain's, or a small local one."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import ModelUnavailableError
from assistant.models.files import MODEL_DIGEST, MODEL_TITLE, digest_of
from assistant.settings import ModelSettings

if TYPE_CHECKING:  # slow to load
    from langchain_core.language_models import BaseChatModel

LOCAL = "local"
Style = Literal["small", "able"]


def style_of(settings: ModelSettings) -> Style:
    """Return how to lead the model: a local one in small steps, others with whole passages, unless the settings say."""
    if settings.style != "auto":
        return settings.style
    return "small" if _provider(settings) == LOCAL else "able"


def build_model(settings: ModelSettings) -> BaseChatModel:
    """Return the chat model of the settings; nothing is asked of it yet, and a local one loads at its first use.

    Raises:
        ModelUnavailableError: none is set, or its package, key or file is missing; the message names the command.
    """
    if settings.name is None:
        raise ModelUnavailableError(
            "No chat model is set, so answers can only quote. Set STEWARD_MODEL__NAME to `provider:model`, or run "
            f"`steward model fetch` and set it to `{LOCAL}:qwen2.5-coder-1.5b-instruct`."
        )
    if _provider(settings) == LOCAL:
        return _local(settings)
    from langchain.chat_models import init_chat_model

    # No temperature: some models accept only their own. No retries: the time is better spent on the extractive answer.
    options: dict[str, Any] = {"timeout": settings.seconds, "max_tokens": settings.max_tokens, "max_retries": 0}
    options |= {"base_url": settings.base_url} if settings.base_url else {}
    options |= {"api_key": settings.key} if settings.key else {}
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
    """Return what is set and whether it is there, for `steward doctor`; of the key only whether it is set.

    Raises:
        ModelUnavailableError: as `build_model`, or a local model's file is missing.
    """
    if settings.name is None and not settings.writes_questions:
        return "none set: answers quote; STEWARD_MODEL__NAME names one, `steward model fetch` brings a small one"
    build_model(settings)
    key = f"key {'set' if settings.key else 'unset'}"
    if _provider(settings) != LOCAL:
        return f"{settings.name} at {settings.base_url or 'its provider'}, {style_of(settings)}, {key}"
    digest = digest_of(settings.path)
    known = f"{MODEL_TITLE}, as published" if digest == MODEL_DIGEST else "another file than `steward model fetch` has"
    return f"{settings.path}, {style_of(settings)}, SHA-256 {digest[:12]}…: {known}"


def _local(settings: ModelSettings) -> BaseChatModel:
    if find_spec("xllamacpp") is None:
        raise ModelUnavailableError("The package xllamacpp is not installed. Run `pip install -e '.[local-llm]'`.")
    if not settings.path.is_file():
        raise ModelUnavailableError(
            f"No model file at {settings.path}. Run `steward model fetch`, or set STEWARD_MODEL__PATH."
        )
    from assistant.models.local import LocalModel

    return LocalModel(path=settings.path, max_tokens=settings.max_tokens)


def _provider(settings: ModelSettings) -> str:
    return (settings.name or "").partition(":")[0]


def _first_line(error: Exception, settings: ModelSettings) -> str:
    """Return an error's first line, without the key."""
    words = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    secret = settings.key.get_secret_value() if settings.key else ""
    return words.replace(secret, "…") if secret else words
