"""What a webhook costs at the least: signature, one INSERT, commit; `bench.bare:create_app()`.

With `statements=12` it looks a row up eleven times before: what so many statements cost that do nothing.

The engine is made as ours is, so that the two differ only in what they do.
"""

import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from recovery.db import engine_options, prepare

_texts = sa.Table(
    "bench_text",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("sid", sa.String(64), unique=True, nullable=False),
    sa.Column("sender", sa.String(64), nullable=False),
    sa.Column("recipient", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
)


_one = sa.select(_texts).where(_texts.c.id == sa.bindparam("id", type_=sa.Uuid()))


def create_app(environ: Mapping[str, str] = os.environ, statements: int = 1) -> Flask:
    """The app under the settings that ours reads; `statements` of a text, its INSERT among them."""
    app = Flask(__name__)
    engine = sa.create_engine(environ["DATABASE_URL"], **engine_options(environ["DATABASE_URL"]))
    prepare(engine)
    _texts.metadata.create_all(engine)
    engine.dispose()  # the web server forks after this
    validator, public_url = RequestValidator(environ["TWILIO_AUTH_TOKEN"]), environ["PUBLIC_URL"]

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/sms/inbound")
    def inbound() -> Response:
        """Store a signed text."""
        url, signature = public_url + request.path, request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(url, request.form, signature):
            abort(403)
        with engine.begin() as connection:
            for _ in range(statements - 1):
                connection.execute(_one, {"id": uuid.uuid4()}).all()
            connection.execute(sa.insert(_texts), _row())
        return Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', mimetype="text/xml")

    return app


def _row() -> dict[str, object]:
    form = request.form
    text = {"sid": form["MessageSid"], "sender": form["From"], "recipient": form["To"], "body": form["Body"]}
    return {"id": uuid.uuid4(), **text, "received_at": datetime.now(UTC)}
