"""The small register, built once for the tests here."""

from tests.precedents.register_making import register

__all__ = ["register"]
