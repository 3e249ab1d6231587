"""Here each file is read in a child process of its own."""

from __future__ import annotations

import pytest

from assistant.reading import sandbox
from assistant.reading.child import Child


@pytest.fixture(autouse=True)
def read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "Child", Child)
