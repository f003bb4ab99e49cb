"""Every route of the API, read from the app's own map, so that a new one is covered the day it is made."""

from collections.abc import Iterator
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from tests.api.conftest import PREFIX


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """(method, rule) of each."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


def filled(rule: Rule, ids: dict[str, str] | None = None) -> str:
    """The rule's path with these ids, or with ids of nothing."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<uuid:{name}>", (ids or {}).get(name) or str(uuid4()))
        path = path.replace(f"<int:{name}>", (ids or {}).get(name) or "99")
    assert "<" not in path, path
    return path
