"""`token add`, `token list` and `token revoke`."""

from uuid import UUID

import click

from recovery.commands.group import Commands, show
from recovery.db import reading, writing
from recovery.models.staff import ApiToken
from recovery.queries import staff as found
from recovery.services import clock, staff

group = Commands("token", help="Tokens for programs that call the API in a person's name.")


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
def add(email: str, name: str) -> None:
    """Make a token; it is shown this once and kept as a hash."""
    with writing():
        token, secret = staff.add_token(email, name, clock.now())
        answer = {"id": token.id, "token": secret}
    show(answer)


@group.command("list")
def list_tokens() -> None:
    """Every token with its person, expiry and last use."""
    with reading():
        show([_described(each) for each in found.tokens()])


@group.command("revoke")
@click.argument("token_id", metavar="ID", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """End one token."""
    with writing():
        answer = _described(staff.revoke_token(token_id, clock.now()))
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
