"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import assistant
import evals

MODULES = [
    module.name
    for package in (assistant, evals)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module: ModuleType = import_module(name)
    assert doctest.testmod(module).failed == 0
