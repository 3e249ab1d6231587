"""Builds the index: reads, chunks, embeds and writes what changed."""
