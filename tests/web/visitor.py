"""A person with a browser: keeps her cookies, and sends the token that her last page held."""

import re
from html import unescape

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import make

_SIGN = re.compile(r'<span aria-hidden="true">[^<]*</span>')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, **kwargs: str) -> TestResponse:
        return self._seen(self.open("GET", path, **kwargs))

    def post(self, path: str, **form: str) -> TestResponse:
        return self._seen(self.open("POST", path, data={"csrf_token": self.token, **form}))

    def sign_in(
        self, email: str = "nurse@rosewood.example", password: str = make.PASSWORD, query: str = ""
    ) -> TestResponse:
        self.get("/sign-in")
        answer = self.post(f"/sign-in{query}", email=email, password=password)
        if answer.status_code == 303:
            self.get("/flagged-cases")
        return answer

    def open(self, method: str, path: str, **kwargs: object) -> TestResponse:
        for name in list(g):  # the tests hold one app context open, which would remember the last visitor
            g.pop(name)
        return self.client.open(path, method=method, **kwargs)

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype != "text/html":
            return answer
        found = _TOKEN.search(answer.text)
        self.token = found.group(1) if found else self.token
        return answer


def words(answer: TestResponse) -> str:
    """What a page says when it is read aloud, without its markup."""
    main = answer.text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", _SIGN.sub("", main))).split())
