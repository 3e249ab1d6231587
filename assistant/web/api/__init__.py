"""The web app's functions for other programs."""
