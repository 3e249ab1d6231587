"""Our tunings of the packaged embedding model: small differences to its weights.

To each tuned matrix the product of two narrow ones is added. `README.md` here says how they were made, from what, and
what they change; ``python -m evals.making.tuned_embedding`` and ``tuned_questions`` make them again.

Source: Hu et al. 2021, LoRA.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from assistant.errors import ModelUnavailableError
from assistant.records import Array

DIFFERENCE = Path(__file__).with_name("difference.safetensors")
"""Between the published model and that of the search."""
WEIGHING = Path(__file__).with_name("weighing.safetensors")
"""Between that of the search and the one that gives a question the vector by which evidence is weighed."""


def read_difference(path: Path = DIFFERENCE) -> tuple[Mapping[str, Array], str]:
    """Return what to add to each weight, ``(out, in)`` float32 by the checkpoint's names, and the file's SHA-256.

    Raises:
        ModelUnavailableError: the file is missing or damaged.
    """
    try:
        content = path.read_bytes()
        narrow = load(content)
        added = {
            name.removesuffix(".up"): np.asarray(
                narrow[name].astype(np.float32) @ narrow[f"{name.removesuffix('.up')}.down"].astype(np.float32)
            )
            for name in narrow
            if name.endswith(".up")
        }
    except Exception as error:  # safetensors has an error of its own for damaged files
        raise ModelUnavailableError(
            f"The tuning at {path} cannot be read ({error}). Reinstall Steward, or set "
            "STEWARD_EMBEDDING__MODEL=all-MiniLM-L6-v2 to search without it."
        ) from error
    return added, hashlib.sha256(content).hexdigest()
