"""Launches the web app, nothing else; `steward serve` does the same with options."""

from assistant.cli import main

if __name__ == "__main__":
    main(["serve"])
