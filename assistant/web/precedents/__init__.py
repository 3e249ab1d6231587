"""The tab “Precedents”."""
