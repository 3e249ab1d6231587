"""The tab “Library” and the files behind it."""
