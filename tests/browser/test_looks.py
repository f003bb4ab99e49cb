"""How the pages are for everybody: accessible in light and dark, and usable on a narrow phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

PAGES = ("list", "resolved", "case", "phone", "error")
WIDTHS = (360, 768, 1440)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, page: Page) -> str:
    page.emulate_media(color_scheme=request.param)
    return str(request.param)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier(nurse: Page, scheme: str, name: str) -> None:
    _open(nurse, name)
    _check(nurse)


def test_the_door_has_no_barrier(page: Page, scheme: str) -> None:
    page.goto("/sign-in")
    _check(page)


def test_the_documentation_of_the_api_has_no_barrier(page: Page, scheme: str) -> None:
    page.goto("/docs")
    _check(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_sideways(nurse: Page, name: str, width: int) -> None:
    nurse.set_viewport_size({"width": width, "height": 800})
    _open(nurse, name)
    beyond = nurse.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond == 0


def _open(page: Page, name: str) -> None:
    paths = {
        "list": "/flagged-cases",
        "resolved": "/flagged-cases?status=resolved",
        "phone": "/phone",
        "error": "/flagged-cases?cursor=forged",
    }
    if name == "case":
        page.goto("/flagged-cases")
        page.get_by_role("heading", level=2).get_by_role("link").first.click()
        page.get_by_text("Read as:").first.click()
        return
    page.goto(paths[name])


def _check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
