"""The commands of ``steward``; `assistant.cli` registers them."""
