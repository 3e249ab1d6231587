"""Writes files whole or not at all, and reads what is kept in them."""
