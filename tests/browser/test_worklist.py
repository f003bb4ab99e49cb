"""The list stays fresh under a nurse's hands, and is worked from the keyboard, with a script and without."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.server import Server

pytestmark = pytest.mark.xdist_group("browser")

SOON = 30_000  # milliseconds: a look is taken every five seconds, on a machine with much else to do


def test_a_new_case_comes_in_while_she_types(nurse: Page) -> None:
    nurse.keyboard.press("/")
    search = nurse.get_by_label("Name or phone number")
    expect(search).to_be_focused()
    nurse.keyboard.type("maria j k a r")

    _writes(nurse, "Sofia Marchetti", "there is pus and it is spreading")

    expect(nurse.get_by_role("status").filter(has_text="1 new case.")).to_be_visible(timeout=SOON)
    expect(nurse.get_by_role("heading", name="Sofia Marchetti")).to_be_visible()
    expect(search).to_be_focused()
    expect(search).to_have_value("maria j k a r")


def test_what_changes_a_line_leaves_the_focus_on_it(nurse: Page) -> None:
    line = nurse.get_by_role("listitem").filter(has=nurse.get_by_role("heading", name="Aisha Rahman"))
    link = line.get_by_role("link", name="Aisha Rahman")
    link.focus()

    _writes(nurse, "Aisha Rahman", "it hurts more now")

    expect(line).to_contain_text("it hurts more now", timeout=SOON)
    expect(link).to_be_focused()


def test_the_list_is_worked_from_the_keyboard(nurse: Page) -> None:
    names = nurse.get_by_role("heading", level=2).get_by_role("link")
    nurse.keyboard.press("j")
    expect(names.nth(0)).to_be_focused()
    nurse.keyboard.press("j")
    expect(names.nth(1)).to_be_focused()
    nurse.keyboard.press("k")
    nurse.keyboard.press("Enter")
    expect(nurse.get_by_role("heading", name="What to do")).to_be_visible()
    nurse.wait_for_load_state()  # before it the script has no ear for a key
    nurse.keyboard.press("r")
    expect(nurse.get_by_label("What came of it")).to_be_focused()
    nurse.get_by_label("What came of it").blur()
    nurse.keyboard.press("u")
    nurse.wait_for_url("**/flagged-cases")

    nurse.keyboard.press("j")
    nurse.keyboard.press("r")
    nurse.wait_for_url("**#resolve")
    expect(nurse.get_by_label("What came of it")).to_be_focused()


def test_the_keys_are_told_and_can_be_turned_off(nurse: Page) -> None:
    nurse.keyboard.press("?")
    keys = nurse.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("next and previous case")
    keys.get_by_label("Keys are on").uncheck()
    nurse.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    nurse.keyboard.press("/")
    expect(nurse.get_by_label("Name or phone number")).not_to_be_focused()


def test_an_open_case_tells_that_there_is_something_new_and_keeps_what_she_types(nurse: Page) -> None:
    nurse.get_by_role("link", name="Priya Nair").click()
    nurse.get_by_label("Note", exact=True).fill("Phoned at noon")
    _writes(nurse, "Priya Nair", "one more thing")
    expect(nurse.get_by_text("There is something new in this case.")).to_be_visible(timeout=SOON)
    expect(nurse.get_by_label("Note", exact=True)).to_have_value("Phoned at noon")
    nurse.get_by_role("link", name="Load it again").click()
    expect(nurse.get_by_role("list").get_by_text("one more thing").first).to_be_visible()


def test_a_text_is_counted_as_it_is_typed(nurse: Page) -> None:
    nurse.get_by_role("heading", level=2).get_by_role("link").first.click()
    nurse.get_by_role("link", name="Text", exact=True).click()
    text = nurse.get_by_label("Text the patient")
    expect(text).to_be_focused()
    for said, told in (
        ("How is it now?", "14 characters, one text."),
        ("x" * 161, "161 characters, sent as 2 texts."),
        ("€" * 80, "80 characters, one text."),
        ("€" * 81, "81 characters, sent as 2 texts."),
        ("ż" * 71, "71 characters, sent as 2 texts."),
    ):
        text.fill(said)
        expect(nurse.get_by_text(told, exact=True)).to_be_visible()


def test_without_a_script_everything_is_there(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, server)
    page.get_by_role("button", name="Acknowledge the case of Dana Whitfield").click()
    expect(page.get_by_text("Acknowledged: the others see that you take care of it.")).to_be_visible()
    page.get_by_role("link", name="Mine").click()
    page.get_by_role("link", name="Dana Whitfield").click()
    page.get_by_text("Begin with one of six").click()
    page.get_by_role("link", name="Please call us").click()
    page.get_by_role("button", name="Send the text").click()
    expect(page.get_by_text("The text is on its way")).to_be_visible()
    context.close()


def _writes(nurse: Page, patient: str, text: str) -> None:
    """The patient texts, on the phone page, in another tab."""
    phone = nurse.context.new_page()
    phone.goto("/phone")
    phone.get_by_role("link", name=patient).click()
    phone.get_by_label("Answer as this patient").fill(text)
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text(text).first.wait_for()
    phone.close()
    nurse.bring_to_front()
