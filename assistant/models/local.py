"""A small chat model in this process: a GGUF file behind LangChain's interface, run by xllamacpp."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Lock, Thread
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from assistant.errors import ModelUnavailableError

CONTEXT_TOKENS = 4096
"""Longest prompt and reply together. Two cores read about 60 tokens a second, so keep prompts far shorter."""


class LocalModel(BaseChatModel):
    """A chat model from a GGUF file, loaded at first use; one reply at a time, always the likeliest words."""

    path: Path
    max_tokens: int = 400
    _server: Any = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=Lock)

    @property
    def _llm_type(self) -> str:
        return "steward-local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **options))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """Yield the reply as it is written; accepts ``max_tokens`` and ``grammar``. Closing the stream stops the model.

        Raises:
            ModelUnavailableError: xllamacpp or the file is missing, or the model refuses the prompt.
        """
        request: dict[str, Any] = {
            "messages": [{"role": _role(message), "content": message.text} for message in messages],
            "max_tokens": options.get("max_tokens", self.max_tokens),
            "temperature": 0,
            "stream": True,
        }
        request |= {"stop": stop} if stop else {}
        request |= {"grammar": options["grammar"]} if options.get("grammar") else {}
        for text in self._pieces(request):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
            if run_manager:
                run_manager.on_llm_new_token(text, chunk=chunk)
            yield chunk

    def _pieces(self, request: dict[str, Any]) -> Iterator[str]:
        """Yield the texts of a reply. The server calls back from its own thread, and stops when nobody reads."""
        server = self._loaded()
        pieces: Queue[str | Exception | None] = Queue()
        left = Event()

        def take(event: dict[str, Any] | list[dict[str, Any]]) -> bool:
            for item in event if isinstance(event, list) else [event]:
                if "error" in item:
                    why = item["error"]
                    why = why.get("message", why) if isinstance(why, dict) else why
                    pieces.put(ModelUnavailableError(f"The local model refused the prompt: {str(why)[:200]}"))
                for choice in item.get("choices", ()):
                    if text := choice["delta"].get("content"):
                        pieces.put(text)
            return left.is_set()

        def ask() -> None:
            try:
                server.handle_chat_completions(request, take)
                pieces.put(None)
            except Exception as error:
                pieces.put(error)

        Thread(target=ask, name="local-model", daemon=True).start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            left.set()

    def _loaded(self) -> Any:
        with self._lock:
            if self._server is None:
                self._server = _load(self.path)
            return self._server


def _load(path: Path) -> Any:
    """Return the model as a server within this process.

    Raises:
        ModelUnavailableError: xllamacpp or the file is missing, or the file cannot be loaded.
    """
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelUnavailableError(
            "The package xllamacpp is not installed. Run `pip install -e '.[local-llm]'`."
        ) from error
    if not path.is_file():
        raise ModelUnavailableError(f"No model file at {path}. Run `steward model fetch`, or set STEWARD_MODEL__PATH.")
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.verbosity = 0
    params.warmup = False
    params.ui = False
    # Threads that spin while they wait for each other would take the cores from everything else.
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    # The library always opens a port on loopback: without this key any local program could use the model.
    params.api_keys = [secrets.token_hex(16)]
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise ModelUnavailableError(
            f"The file {path} cannot be loaded as a model: {error}. Get the right one with `steward model fetch`."
        ) from error


def _role(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return "system"
    return "user" if isinstance(message, HumanMessage) else "assistant"
