"""Checks a draft and shows it with its verdicts."""
