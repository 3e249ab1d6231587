"""The set of restatements and swaps."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from evals.claims import Restatement, load_restatements

CLAIMS = load_restatements()


def test_both_splits_hold_every_kind_and_share_no_passage() -> None:
    counts = Counter((item.split, item.kind) for item in CLAIMS)
    assert len(counts) == 8
    assert min(counts.values()) >= 15
    passages = {split: {item.context for item in CLAIMS if item.split == split} for split in ("dev", "test")}
    assert not passages["dev"] & passages["test"]
    assert len({item.id for item in CLAIMS}) == len(CLAIMS)


def test_a_kind_and_its_label_go_together() -> None:
    record = CLAIMS[0].model_dump() | {"kind": "role-swap", "supported": True}
    with pytest.raises(ValidationError, match="role-swap goes with supported = False"):
        Restatement.model_validate(record)
