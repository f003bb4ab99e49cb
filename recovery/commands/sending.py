"""`sending hold`, `sending resume` and `sending status`."""

from recovery.commands.group import Commands, show
from recovery.db import reading, writing
from recovery.services import clock, switches

group = Commands("sending", help="The switch that stops all automatic texts, emergency texts excepted.")


@group.command("hold")
def hold() -> None:
    """Send no automatic text until resumed."""
    with writing():
        switches.hold(clock.now())
        answer = _status()
    show(answer)


@group.command("resume")
def resume() -> None:
    """Send again."""
    with writing():
        switches.resume(clock.now())
        answer = _status()
    show(answer)


@group.command("status")
def status() -> None:
    """Whether sending is held, and since when."""
    with reading():
        show(_status())


def _status() -> dict[str, object]:
    return {"held": switches.is_held(), "since": switches.held_since()}
