"""Replies of chat models, recorded and replayed through a server on loopback; see README.md."""
