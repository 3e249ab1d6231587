"""Turns off the telemetry of dependencies; call it before importing any of them."""

from __future__ import annotations

import os

_OFF = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",
    "GRADIO_ANALYTICS_ENABLED": "False",
    # Usage figures, unused here, that Gradio would recompute from its last 10,000 events after each one.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "OTEL_SDK_DISABLED": "true",
    "TOKENIZERS_PARALLELISM": "false",
}


def switch_off() -> None:
    """Set every dependency's own switch; nothing leaves the machine unless `steward fetch` or a named model asks."""
    os.environ.update(_OFF)
