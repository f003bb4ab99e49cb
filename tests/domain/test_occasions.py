"""Whoever reads the wording is told when each text leaves."""

from recovery.domain import wording
from recovery.domain.occasions import GROUPS


def test_every_text_has_its_occasion() -> None:
    told = [key for texts in GROUPS.values() for key in texts]
    assert sorted(told) == sorted(wording.keys())
