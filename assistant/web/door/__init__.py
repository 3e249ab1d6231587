"""Checks and limits on every request before the app sees it, and how the app starts and stops."""
