"""`token add`, `token list` and `token revoke`."""

from uuid import UUID

import click

from recovery.commands.group import Commands, show
from recovery.db import reading, writing
from recovery.domain.errors import NotFound
from recovery.models.staff import ApiToken
from recovery.queries import tokens as found
from recovery.services import audit, clock, staff, tokens

group = Commands("token", help="Tokens for programs that call the API in a person's name.")


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
def add(email: str, name: str) -> None:
    """Make a token; it is shown this once and kept as a hash."""
    with writing():
        token, secret = tokens.add(staff.by_email(email), name, clock.now())
        audit.record_nobody(token.clinic_id, "add", "token", [token.id], clock.now())
        answer = {"id": token.id, "token": secret}
    show(answer)


@group.command("list")
def list_tokens() -> None:
    """Every token with its person, expiry and last use."""
    with reading():
        show([_described(each) for each in found.everyones()])


@group.command("revoke")
@click.argument("token_id", metavar="ID", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """End one token."""
    with writing():
        token = found.token(token_id)
        if token is None:
            raise NotFound(f"There is no token {token_id}.")
        tokens.revoke(token, clock.now())
        audit.record_nobody(token.clinic_id, "revoke", "token", [token.id], clock.now())
        answer = _described(token)
    show(answer)


def _described(token: ApiToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "email": token.staff.email,
        "clinic_id": token.clinic_id,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
