"""How the pages are for everybody: accessible in light and dark, and usable on a narrow phone."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page

from tests.browser.conftest import sign_in
from tests.browser.server import Server
from tests.pictures import encoded, image

pytestmark = pytest.mark.xdist_group("browser")

PAGES = (
    "list",
    "resolved",
    "case",
    "statistics",
    "clinic",
    "wording",
    "protocol",
    "new protocol",
    "staff",
    "colleague",
    "tokens",
    "audit",
    "account",
    "second step",
    "patients",
    "patient",
    "enrolment",
    "texts ahead",
    "treatment",
    "refused file",
    "unknown texts",
    "who wrote",
    "trial",
    "reading",
    "refused",
    "phone",
    "case with a photo",
    "photo",
    "error",
)
WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def cookies(browser: Browser, server: Server) -> list[Any]:
    """What a nurse's browser holds who has signed in."""
    context = browser.new_context(base_url=server.address)
    sign_in(context.new_page(), server)
    held = list(context.cookies())
    context.close()
    return held


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_nothing_sticks_out_sideways(
    page: Page, server: Server, cookies: list[Any], name: str
) -> None:
    page.context.add_cookies(cookies)
    _open(page, name, server.password)
    assert _barriers(page) == {}
    assert _beyond(page) == {}


@pytest.mark.parametrize("path", ["/sign-in", "/docs"])
def test_what_is_open_to_all_has_no_barrier(page: Page, path: str) -> None:
    page.goto(path)
    assert _barriers(page) == {}


def _barriers(page: Page) -> dict[str, str]:
    """What axe finds, in light and in dark."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = Axe().run(page)
        if results.violations_count:
            found[scheme] = results.generate_report()
    return found


def _beyond(page: Page) -> dict[int, int]:
    """How many pixels of a page do not fit, by its width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    return {width: beyond for width, beyond in found.items() if beyond}


def _open(page: Page, name: str, password: str) -> None:
    paths = {
        "list": "/flagged-cases",
        "resolved": "/flagged-cases?status=resolved",
        "statistics": "/statistics",
        "clinic": "/clinic",
        "wording": "/wording",
        "protocol": "/protocol",
        "new protocol": "/protocol/new",
        "staff": "/staff",
        "tokens": "/tokens",
        "audit": "/audit",
        "account": "/account",
        "patients": "/patients",
        "enrolment": "/patients/new",
        "unknown texts": "/unknown-texts",
        "trial": "/try-a-text",
        "phone": "/phone",
        "error": "/flagged-cases?cursor=forged",
    }
    if name == "colleague":
        page.goto("/staff")
        page.get_by_role("heading", level=2).get_by_role("link").first.click()
        page.get_by_role("heading", name="Name and role").wait_for()
        return
    if name == "second step":
        page.goto("/account/second-step")
        page.get_by_label("Your password").fill(password)
        page.get_by_role("button", name="Set up a second step").click()
        page.get_by_role("img", name="QR code").wait_for()
        return
    if name in ("patient", "treatment"):
        page.goto("/patients")
        page.get_by_role("link", name="Priya Nair", exact=True).click()
        page.get_by_role("heading", name="Treatments").wait_for()
        if name == "treatment":
            page.get_by_role("link", name="Correct or end").click()
            page.get_by_role("heading", name="End it").wait_for()
        return
    if name == "texts ahead":
        page.goto("/patients/new")
        enrol(page)
        page.get_by_role("button", name="Show the texts first").click()
        page.get_by_role("heading", name="Welcome").wait_for()
        return
    if name == "refused file":
        page.goto("/imports")
        wrong = FilePayload(name="day.csv", mimeType="text/csv", buffer=b"name,phone\nMaria,12")
        page.get_by_label("The file (CSV)").set_input_files(wrong)
        page.get_by_role("button", name="Check and enter").click()
        page.get_by_role("heading", name="What was wrong").wait_for()
        return
    if name == "who wrote":
        page.goto("/unknown-texts")
        page.get_by_role("link", name="It is a patient").first.click()
        page.get_by_label("Name or phone number").fill("dana")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("button", name="These are Dana").wait_for()
        return
    if name == "case":
        page.goto("/flagged-cases")
        page.get_by_role("heading", level=2).get_by_role("link").first.click()
        page.get_by_text("Read as:").first.click()
        page.get_by_text("Begin with one of six").click()
        page.get_by_text("Log what the patient says by phone").click()
        return
    if "photo" in name:
        page.goto("/phone")
        page.get_by_role("link", name="Priya Nair").click()
        send_photo(page)
        page.get_by_role("link", name="Open the case").click()
        photo = page.get_by_role("link", name="Photo from the patient").last
        photo.wait_for()
        if name == "photo":
            photo.click()
            page.get_by_role("heading", name="Photo from Priya Nair").wait_for()
        return
    if name == "reading":
        page.goto("/try-a-text")
        try_out(page, "3 1 and very itchy, there is pus, bumps and i can't breathe, help? " + "x" * 1_600)
        page.get_by_role("heading", name="Read as").wait_for()
        return
    if name == "refused":
        page.goto("/try-a-text")
        page.get_by_role("textbox", name="Swelling").fill("12")
        try_out(page, "same as yesterday")
        page.get_by_text("Please give a whole number").wait_for()
        return
    page.goto(paths[name])


def enrol(page: Page) -> None:
    """A patient whose texts are in Spanish."""
    page.get_by_label("Name", exact=True).fill("Ana Ruiz")
    page.get_by_label("Mobile phone").fill("(416) 255-0123")
    page.get_by_label("Agrees to be texted").check()
    page.get_by_label("Language of the texts").select_option("es")


def send_photo(page: Page) -> None:
    """The patient of the phone page sends one without a word."""
    before = page.get_by_role("img", name="Photo that").count()
    photo = FilePayload(name="skin.jpg", mimeType="image/jpeg", buffer=encoded(image((1512, 2016))))
    page.get_by_label("Photo, if you like").set_input_files(photo)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("img", name="Photo that").nth(before).wait_for()


def try_out(page: Page, text: str) -> None:
    page.get_by_label("The text").fill(text)
    page.get_by_role("button", name="Read it").click()
