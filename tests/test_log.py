"""The log: one line an event on standard error, and nothing in it that could name a patient."""

import logging
from pathlib import Path

import pytest
import structlog

from recovery import log


@pytest.fixture(autouse=True)
def set_up() -> None:
    log.set_up()


def line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error; standard output is a command's own."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_an_event_is_one_line_with_ids(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("text_sent", message="0192", attempts=2)
    said = line(capsys)
    assert said.startswith("timestamp=")
    assert said.endswith("level=info event=text_sent message=0192 attempts=2")


def test_a_phone_number_is_shortened(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("odd", about="To +16475550142 and\nfrom +33612345678.")
    said = line(capsys)
    assert 'about="To …0142 and from …5678."' in said


def test_an_exception_tells_where_and_never_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("my face is oozing, Maria")
    except ValueError:
        structlog.get_logger().exception("job_failed")
    said = line(capsys)
    assert "Maria" not in said
    assert "error=ValueError" in said
    assert f"where=tests/{Path(__file__).name}:" in said


def test_what_a_package_logs_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise KeyError("my face is oozing, Maria")
    except KeyError:
        logging.getLogger("flask.somewhere").exception("Exception on %s", "/sms/inbound")
    said = line(capsys)
    assert "Maria" not in said
    assert 'event="Exception on /sms/inbound" logger=flask.somewhere' in said
    assert "error=KeyError" in said


@pytest.mark.parametrize("name", ["twilio.http_client", "apscheduler.scheduler", "alembic.runtime"])
def test_talkative_packages_are_heard_from_warning_on(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger(name).info("a query with a number in it")
    assert capsys.readouterr() == ("", "")
    logging.getLogger(name).warning("Execution was skipped")
    assert "level=warning" in line(capsys)


def test_setting_up_twice_says_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up()
    logging.getLogger("flask").error("once")
    assert "event=once" in line(capsys)
