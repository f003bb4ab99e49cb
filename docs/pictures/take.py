"""Takes the pictures of the README from a running demonstration: `python -m docs.pictures.take`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, sign_in
from tests.browser.fetch import chromium
from tests.browser.server import Server, served

HERE = Path(__file__).parent
SIZE = {"width": 1100, "height": 800}


def take(browser: Browser, server: Server) -> None:
    """The list as it is at first, then the phone and the case of the one-minute tour."""
    context = browser.new_context(base_url=server.address, viewport=SIZE)
    page = context.new_page()
    sign_in(page, server)
    _picture(page, "flagged-cases")
    page.goto("/phone")
    while not page.get_by_role("region", name="Texts").get_by_text("Day 4:").count():
        page.get_by_role("button", name="Skip to the next check-in").click()
    page.get_by_label("Answer as this patient").fill("3 0 0")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Open the case").wait_for()
    page.goto(page.url.partition("#")[0])
    _picture(page, "phone")
    page.get_by_role("link", name="Open the case").click()
    page.get_by_text("Read as:").first.click()
    page.set_viewport_size({**SIZE, "height": 1500})
    _picture(page, "case")
    context.close()


def _picture(page: Page, name: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as instance,
        served(Path(instance)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        take(browser, server)
        browser.close()
