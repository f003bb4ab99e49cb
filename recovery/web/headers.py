"""What every answer tells the browser: load nothing from elsewhere, keep nothing about a patient."""

from flask import Flask, Response, request

from recovery import context

POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
_HTTPS_ONLY = "max-age=31536000"


def set_up(app: Flask) -> None:
    app.after_request(add)


def add(response: Response) -> Response:
    """Adds our headers; a page that brings a policy of its own keeps it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    if context.config().public_url.startswith("https:"):
        headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
    return response
