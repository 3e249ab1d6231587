"""The judge of the settings."""

from __future__ import annotations

from functools import lru_cache

from assistant.claims.chat_judge import ChatJudge
from assistant.claims.verification import Judge
from assistant.models.chat import build_model
from assistant.settings import ModelSettings, Settings


def build_judge(settings: Settings) -> Judge | None:
    """Return the judge: the checking chat model, else a cross-encoder, else the chat model that writes, else None.

    Raises:
        ModelUnavailableError: the one that is set is not there, or is not for natural language inference.
    """
    model, encoder = settings.model, settings.grounding.model
    if model.checker is None and encoder is not None:
        return _encoder(encoder)
    name = model.checker or model.name
    return _chat(model.model_copy(update={"name": name})) if name else None


@lru_cache(maxsize=1)
def _encoder(name: str) -> Judge:
    from assistant.claims.cross_encoder import CrossEncoderJudge

    return CrossEncoderJudge(name)


def _chat(settings: ModelSettings) -> Judge:
    return ChatJudge(build_model(settings), settings.name or "", settings.seconds)
