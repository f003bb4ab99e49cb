"""`audit verify`."""

import re
from uuid import UUID

import click

from recovery.commands.group import Commands, show, the_clinic
from recovery.db import reading
from recovery.queries import clinics
from recovery.services import audit_chain

group = Commands("audit", help="Who saw and changed what, and whether that record still stands.")

_HEAD = re.compile(r"[0-9a-f]{64}")


@group.command("verify")
@click.option("--clinic", "clinic_id", type=click.UUID, help="This clinic only.")
@click.option("--head", "heads", multiple=True, metavar="HEX", help="A head kept elsewhere: does it stand?")
def verify(clinic_id: UUID | None, heads: tuple[str, ...]) -> None:
    """Walk every clinic's chain; exit 1 if a row was changed or removed, or a head does not stand.

    Keep the `head` of each clinic elsewhere and give it back with --head: rows that were taken from
    the end of a chain are seen by that alone.
    """
    wanted = {_head(each) for each in heads}
    with reading():
        ids = [the_clinic(clinic_id).id] if clinic_id else [each.id for each in clinics.clinics()]
        chains = [audit_chain.verify(each, wanted) for each in ids]
    show([_described(each, bool(wanted)) for each in chains])
    lost = wanted.difference(*(each.kept for each in chains))
    for head in sorted(lost):
        click.echo(f"The head {head} stands in no chain: rows were removed, or it is another's.", err=True)
    broken = [each for each in chains if each.wrong]
    for each in broken:
        click.echo(f"The chain of clinic {each.clinic_id} is broken: {each.wrong[0]}.", err=True)
    if broken or lost:
        raise SystemExit(1)


def _head(typed: str) -> str:
    head = typed.strip().lower()
    if _HEAD.fullmatch(head):
        return head
    raise click.BadParameter(f"{typed!r} is no head: 64 hexadecimal digits", param_hint="--head")


def _described(chain: audit_chain.Chain, with_kept: bool) -> dict[str, object]:
    described = {
        "clinic_id": chain.clinic_id,
        "rows": chain.rows,
        "unsealed": chain.unsealed,
        "head": chain.head,
        "wrong": chain.wrong,
        "wrong_in_all": chain.wrong_in_all,
    }
    return {**described, "kept_heads": sorted(chain.kept)} if with_kept else described
