"""A photo that a phone sends: fetched from Twilio, deleted there, and never in its text's way."""

from recovery.models.message import Photo
from recovery.queries import photos
from tests.pictures import exif, jpeg
from tests.twilio_simulator import faults
from tests.twilio_simulator.simulator import Received
from tests.webhooks.story import PUBLIC_URL, Story


def sends(story: Story, *contents: bytes, kind: str = "image/jpeg") -> Received:
    """The phone sends these with its scores; Twilio tells us, and half a minute passes."""
    received = story.twilio.receive(
        story.phone,
        story.clinic_phone,
        "2 1 0",
        url=f"{PUBLIC_URL}/sms/inbound",
        media=[(kind, each) for each in contents],
    )
    story.later(seconds=30)
    return received


def kept(story: Story) -> list[Photo]:
    with_photos = photos.photos_of(story.stored)
    return [each for of_one in with_photos.values() for each in of_one]


def test_it_is_fetched_and_deleted_at_twilio(story: Story) -> None:
    story.asked(2)
    received = sends(story, jpeg(exif=exif()), jpeg())
    assert [row.status for row in kept(story)] == ["waiting", "waiting"]

    assert story.run("fetch-photos") == {"fetched": 2, "deleted": 2, "failed": 0}

    rows = kept(story)
    assert [row.status for row in rows] == ["done", "done"]
    assert all(b"Maria" not in (row.content or b"") for row in rows)
    assert received.message.media == []
    assert story.scores == [(2, 1, 0)]
    assert story.flags == {("unread_message", ""): "routine"}


def test_while_twilio_is_out_of_reach_the_text_counts_all_the_same(story: Story) -> None:
    story.asked(2)
    sends(story, jpeg())
    story.twilio.fail_next(faults.answer(503), faults.drop())

    assert story.run("fetch-photos") == {"fetched": 0, "deleted": 0, "failed": 1}
    assert story.scores == [(2, 1, 0)]
    assert story.later(minutes=3).run("fetch-photos") == {"fetched": 0, "deleted": 0, "failed": 1}
    assert story.later(minutes=5).run("fetch-photos") == {"fetched": 1, "deleted": 1, "failed": 0}


def test_a_video_stays_at_twilio_and_the_case_says_so(story: Story) -> None:
    story.asked(2)
    received = sends(story, b"\x00\x00\x00\x18ftyp3gp4\x00\x00\x00\x00", kind="image/jpeg")

    assert story.run("fetch-photos") == {"fetched": 0, "deleted": 0, "failed": 1}
    assert kept(story)[0].why == "A video came with this text; only photos are kept."
    assert len(received.message.media) == 1
