"""Commands of the command line that have a file of their own; :mod:`assistant.cli` registers them."""
