"""A page for everything that can go wrong, in plain words and with a way back; a line for a machine."""

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from recovery.web import unknown_texts
from recovery.web.doors import guards_itself

WORDS = {
    400: (
        "That did not arrive whole",
        "What the browser sent could not be read. Please try again.",
    ),
    403: ("That is not allowed", "You may not open this page."),
    404: ("There is nothing here", "The page was moved, or the address has a typing mistake."),
    405: ("That cannot be done here", "This address does not take what the browser sent."),
    413: ("That is too much at once", "What was sent is too large. Please send less."),
    500: (
        "Something went wrong on our side",
        "Nothing was saved. Please try again in a while.",
    ),
}
_EXPIRED = ("This form was open too long", "Please go back, load the page again and repeat what you did.")


def set_up(app: Flask) -> None:
    app.register_error_handler(HTTPException, show)


def show(error: HTTPException) -> ResponseReturnValue:
    """The page of one error; what is no error (a redirect) goes through as it is."""
    status = error.code or 500
    if status < 400:
        return error
    if guards_itself(request.path):
        return _line(error, status)
    if status >= 500:
        unknown_texts.leave_uncounted()
    title, sentence = _EXPIRED if isinstance(error, CSRFError) else WORDS.get(status, (error.name, ""))
    page = render_template("error.html", status=status, title=title, sentence=sentence)
    return page, status, _allowed(error)


def _line(error: HTTPException, status: int) -> Response:
    """What a machine's log shows whole: why, and nothing else."""
    said = " ".join((error.description or error.name).split())
    return Response(f"{said}\n", status, _allowed(error), mimetype="text/plain")


def _allowed(error: HTTPException) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return {"Allow": ", ".join(sorted(error.valid_methods))}
    return {}
