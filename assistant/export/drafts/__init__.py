"""Checked drafts to take away: as text with notes in brackets, and as Word files with comments."""
