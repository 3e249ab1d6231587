"""Builds the index: what changed is read, cut into chunks, embedded and written."""
