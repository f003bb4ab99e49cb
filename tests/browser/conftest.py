"""A Chromium, the demonstration, and a nurse who has signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.fetch import chromium
from tests.browser.server import Server, served

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(Path(tmp_path_factory.mktemp("demo"))) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("no Chromium; run: python -m tests.browser.fetch")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A fresh page; at its end no error was logged and no other host was asked."""
    context = browser.new_context(base_url=server.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda said: troubles.append(said.text) if _is_trouble(said) else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("response", lambda answer: troubles.append(answer.url) if _is_missing(answer) else None)
    opened.on(
        "request",
        lambda asked: None if asked.url.startswith(server.address) else troubles.append(asked.url),
    )
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def nurse(page: Page, server: Server) -> Page:
    """The page of a nurse who has signed in."""
    sign_in(page, server)
    return page


def _is_trouble(said: ConsoleMessage) -> bool:
    """An error in the page; that something did not load is told by its answer."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _is_missing(answer: Response) -> bool:
    """Something that a page needs is not there; of a page itself the test sees it."""
    return answer.status >= 400 and answer.request.resource_type != "document"


def sign_in(page: Page, server: Server) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(server.email)
    page.get_by_label("Password").fill(server.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/flagged-cases")
