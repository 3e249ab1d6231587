"""The tab “Ask”."""
