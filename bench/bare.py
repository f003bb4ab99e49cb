"""What a webhook costs at the least: signature, one INSERT, commit; `bench.bare:app` for a web server.

The engine is made as ours is, so that the two differ only in what they do.
"""

import os
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from recovery.db import engine_options, prepare

app = Flask(__name__)
_address = os.environ["DATABASE_URL"]
_engine = sa.create_engine(_address, **engine_options(_address))
prepare(_engine)
_validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
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
_texts.metadata.create_all(_engine)
_engine.dispose()  # the web server forks after this


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/sms/inbound")
def inbound() -> Response:
    """Store a signed text."""
    url = os.environ["PUBLIC_URL"] + request.full_path.removesuffix("?")
    if not _validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)
    row = {
        "id": uuid.uuid4(),
        "sid": request.form["MessageSid"],
        "sender": request.form["From"],
        "recipient": request.form["To"],
        "body": request.form["Body"],
        "received_at": datetime.now(UTC),
    }
    with _engine.begin() as connection:
        connection.execute(sa.insert(_texts), row)
    return Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', mimetype="text/xml")
