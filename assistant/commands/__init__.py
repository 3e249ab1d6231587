"""Commands of the command line, one module each; `assistant.cli` registers them."""
