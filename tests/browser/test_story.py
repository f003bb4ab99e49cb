"""The main story as a newcomer plays it: skip to day 4, answer, and find the case on the list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server, served
from tests.browser.test_looks import send_photo, try_out

pytestmark = pytest.mark.xdist_group("browser")

LOADED = "image => image.decode().then(() => image.naturalWidth)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demonstration of its own: who skips ahead leaves every other patient without an answer for days."""
    with served(Path(tmp_path_factory.mktemp("story"))) as running:
        yield running


def test_day_4_redness_becomes_a_case_on_the_list(nurse: Page) -> None:
    nurse.get_by_role("link", name="Phone").click()
    nurse.get_by_role("link", name="Maria Lopez").click()
    texts = nurse.get_by_role("region", name="Texts")
    for _ in range(12):
        if texts.get_by_text("Day 4:").count():
            break
        nurse.get_by_role("button", name="Skip to the next check-in").click()
    expect(texts.get_by_role("listitem").last).to_contain_text("Day 4:")

    nurse.get_by_label("Answer as this patient").fill("3 0 0")
    nurse.get_by_role("button", name="Send").click()
    expect(texts.get_by_role("listitem").last).to_contain_text("A nurse will look at your answers by")
    expect(texts.get_by_role("listitem").last).to_be_in_viewport()

    nurse.get_by_role("link", name="Flagged cases").click()
    line = nurse.get_by_role("listitem").filter(has=nurse.get_by_role("heading", name="Maria Lopez"))
    expect(line).to_contain_text("Redness 3/10 on day 4; expected to be gone after day 3.")

    line.get_by_role("link", name="Maria Lopez").click()
    expect(nurse.get_by_text("Read as: redness 3, swelling 0, itching 0")).to_be_visible()
    nurse.get_by_role("button", name="Acknowledge").click()
    expect(nurse.get_by_text("Acknowledged by Robin Hale")).to_be_visible()


def test_a_photo_is_seen_on_the_case_and_opened(nurse: Page) -> None:
    nurse.get_by_role("link", name="Phone").click()
    nurse.get_by_role("link", name="Dana Whitfield").click()
    send_photo(nurse)
    texts = nurse.get_by_role("region", name="Texts")
    expect(texts.get_by_role("listitem").last).to_contain_text("Thank you for the photo.")

    nurse.get_by_role("link", name="Open the case").click()
    photo = nurse.get_by_role("link", name="Photo from the patient, received")
    expect(photo).to_be_visible()
    assert photo.get_by_role("img").evaluate(LOADED) == 360
    photo.click()
    whole = nurse.get_by_role("img", name="Photo from the patient, received")
    assert whole.evaluate(LOADED) == 1512
    nurse.get_by_role("link", name="Back to the case").click()
    expect(photo).to_be_visible()


def test_a_text_is_tried_and_its_reading_is_what_is_read_aloud_next(nurse: Page) -> None:
    nurse.set_viewport_size({"width": 360, "height": 780})
    nurse.get_by_role("link", name="Try a text").click()
    try_out(nurse, "still pink maybe a 3, not puffy")
    reading = nurse.get_by_role("region", name="Read as")
    expect(reading).to_be_focused()
    expect(reading).to_be_in_viewport()
    expect(reading).to_contain_text("Redness3")
    assert "pink" not in nurse.url


def test_everything_works_from_the_keyboard(page: Page, nurse: Page) -> None:
    nurse.goto("/flagged-cases")
    nurse.keyboard.press("Tab")
    expect(nurse.get_by_role("link", name="Skip to the content")).to_be_focused()
    nurse.keyboard.press("Enter")
    nurse.keyboard.press("Tab")
    expect(nurse.get_by_role("button", name="Keys")).to_be_focused()
    nurse.keyboard.press("Tab")
    expect(nurse.get_by_role("navigation", name="Which cases").get_by_role("link").first).to_be_focused()
