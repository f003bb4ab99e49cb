"""A protocol is signed while patients are followed."""

import pytest

from recovery.db import reading, writing
from recovery.queries import clinics as finding
from recovery.services import protocols
from tests.stories.sending.story import Story, at, begin, run, tick

pytestmark = pytest.mark.usefixtures("app")


def sign(story: Story, day: int) -> None:
    with writing():
        protocols.approve(finding.locked_clinic(story.clinic_id), "Dr Ada", at(day, "09:00"))
    run("send-check-ins", at(day, "09:01"))


def write(story: Story, day: int) -> None:
    with writing():
        clinic = finding.locked_clinic(story.clinic_id)
        protocols.write(clinic, 1, {"check_in_days": [1, 4]}, at(day, "08:00"))


def begun() -> Story:
    story = begin(at(0, "12:00"))
    tick(at(0, "12:00"))
    return story


def asked_on(story: Story) -> list[str]:
    for day in (1, 2, 3, 4):
        run("send-check-ins", at(day, "10:00"))
    return [when for kind, when in story.texts() if kind == "check_in"]


def test_a_signed_version_is_kept_to_its_end() -> None:
    story = begun()
    sign(story, 1)
    write(story, 1)
    with writing():
        protocols.approve(finding.locked_clinic(story.clinic_id), "Dr Ada", at(1, "09:30"))

    assert asked_on(story) == ["1 10:00", "2 10:00", "3 10:00", "4 10:00"]
    with reading():
        assert story.treatment.protocol_version.number == 1


def test_under_one_that_nobody_ever_signed_she_goes_on_with_the_signed_one() -> None:
    story = begun()
    write(story, 1)
    with reading():
        assert story.treatment.protocol_version.number == 1
    sign(story, 1)

    assert asked_on(story) == ["1 10:00", "4 10:00"]
    with reading():
        assert story.treatment.protocol_version.number == 2
