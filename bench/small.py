"""An app that imports what ours is built on and opens one engine; with one command, `tick`."""

import os

import click
import flask_smorest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(
    SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
    API_TITLE="small",
    API_VERSION="v1",
    OPENAPI_VERSION="3.1.0",
)
db = SQLAlchemy(app)
Migrate(app, db)
flask_smorest.Api(app)
with app.app_context():
    db.engine.dispose()  # opened; the web server forks after this


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.cli.command("tick")
def tick() -> None:
    """Ask the database once."""
    click.echo(db.session.execute(sa.text("SELECT 1")).scalar())
