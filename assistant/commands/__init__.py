"""Commands of ``steward``, one function a file; `assistant.cli` registers them."""
