"""The routes about tokens, for a clinic's admins."""

from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import cursors, finding
from recovery.api.answers import Answer
from recovery.api.guard import actor
from recovery.api.schemas.common import Page
from recovery.api.schemas.staff import AddedToken, NewToken, Token, Tokens
from recovery.api.sections import Section
from recovery.api.shapes.staff import token as shown
from recovery.domain.errors import NotFound
from recovery.models.staff import ApiToken
from recovery.queries import staff as people
from recovery.queries import tokens as stored
from recovery.services import tokens

section = Section("tokens", "By which programs call this API in a person's name. For admins only.")


def _found(token_id: UUID) -> ApiToken:
    found = stored.token_of_clinic(actor().clinic_id, token_id)
    if found is None:
        raise NotFound("There is no such token.")
    return found


@section.reads("/tokens", asks=Page, gives=Tokens, admin=True)
def list_tokens(asked: dict[str, Any], now: datetime) -> Answer:
    """Every token with its last use, newest first, those that ended too."""
    clinic = finding.clinic()
    found = stored.newest(clinic.id, cursors.after(asked), asked["limit"] + 1)
    rows, cursor = cursors.page(asked, found, lambda row: (row.created_at, row.id))
    body = {"items": [shown(row, clinic.timezone) for row in rows], "next_cursor": cursor}
    return Answer(body, "list", "token", [row.id for row in rows])


@section.writes("POST", "/tokens", takes=NewToken, gives=AddedToken, status=201, admin=True, etag=False)
def add_token(body: dict[str, Any], now: datetime) -> Answer:
    """Make a token, good for a year. It may do what its person may; 409 if she is disabled."""
    person = people.member(actor().clinic_id, body["staff_id"])
    if person is None:
        raise NotFound("There is no such person.")
    row, secret = tokens.add(person, body["name"], now)
    made = {**shown(row, finding.clinic().timezone), "token": secret}
    return Answer(made, "add", "token", [row.id], once=True)


@section.writes("POST", "/tokens/<uuid:token_id>/revoke", gives=Token, finds=_found, admin=True, etag=False)
def revoke_token(token_id: UUID, now: datetime) -> Answer:
    """End a token at once; one that ended already stays as it is."""
    row = _found(token_id)
    tokens.revoke(row, now)
    return Answer(shown(row, finding.clinic().timezone), "revoke", "token", [row.id])
