"""`clinic add`, `clinic change` and `clinic list`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from recovery.commands.group import Commands, show, the_clinic
from recovery.commands.hours import as_written, week
from recovery.db import reading, writing
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import Clinic
from recovery.queries import clinics as found
from recovery.services import audit, clinics, clock

group = Commands("clinic", help="Clinics.")

_DATE = click.DateTime(["%Y-%m-%d"])
_TIME = click.DateTime(["%H:%M"])


@group.command("add")
@click.argument("name")
@click.option("--phone", required=True, help="The number that texts leave from, such as +14165550100.")
@click.option("--timezone", required=True, help="Such as America/Toronto.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--sms-name", help="Its name in texts: 18 GSM-7 characters at most. [default: from NAME]")
@click.option(
    "--hours",
    multiple=True,
    metavar='"DAYS HH:MM-HH:MM"',
    help='Repeatable or with commas: "Mon-Thu 09:00-17:00, Fri 09:00-13:00"; days not named are closed. '
    "[default: Mon-Fri 09:00-17:00]",
)
@click.option("--holiday", "holidays", multiple=True, type=_DATE, help="A day it is closed; repeatable.")
@click.option("--check-in-time", type=_TIME, help="Local time of check-ins, 08:00 to 14:00. [default: 10:00]")
@click.option("--on-call-phone", help="Whom to text about an emergency, or outside hours.")
@click.option("--emergency-number", help="[default: that of the phone's country]")
@click.option("--crisis-number", help="[default: that of the phone's country]")
@click.option("--messaging-service", help="The SID of its own Twilio messaging service, MG….")
def add(
    name: str,
    hours: tuple[str, ...],
    holidays: tuple[datetime, ...],
    check_in_time: datetime | None,
    messaging_service: str | None,
    **details: Any,
) -> None:
    """Add a clinic, with the default protocol still unsigned."""
    weekly_hours = week(hours) if hours else None
    with writing():
        clinic = clinics.add(
            clock.now(),
            name=name,
            weekly_hours=weekly_hours,
            holidays=[each.date() for each in holidays],
            check_in_time=check_in_time.time() if check_in_time else None,
            messaging_service_sid=messaging_service,
            **details,
        )
        clinic_id = clinic.id
        audit.record_nobody(clinic_id, "add", "clinic", [clinic_id], clock.now())
    show({"id": clinic_id})


@group.command("change")
@click.argument("clinic_id", type=click.UUID)
@click.option("--name")
@click.option("--sms-name", help="Its name in texts: 18 GSM-7 characters at most.")
@click.option("--timezone", help="Such as America/Toronto; patients keep their own.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of patients who are enrolled from now on.")
@click.option("--hours", multiple=True, metavar='"DAYS HH:MM-HH:MM"', help="As in clinic add.")
@click.option("--holiday", "holidays", multiple=True, type=_DATE, help="All of them anew; repeatable.")
@click.option("--no-holidays", is_flag=True, help="There is none any more.")
@click.option("--check-in-time", type=_TIME, help="Moves every question that is not yet sent.")
@click.option("--on-call-phone", help='Whom to text about an emergency, or outside hours; "" for nobody.')
@click.option("--emergency-number")
@click.option("--crisis-number", help='"" where there is no such line.')
@click.option("--messaging-service", help='The SID of its own Twilio messaging service; "" for none.')
def change(
    clinic_id: UUID,
    hours: tuple[str, ...],
    holidays: tuple[datetime, ...],
    no_holidays: bool,
    check_in_time: datetime | None,
    messaging_service: str | None,
    **details: Any,
) -> None:
    """Change facts of a clinic; what is not named stays."""
    changes = {name: value for name, value in details.items() if value is not None}
    if hours:
        changes["weekly_hours"] = week(hours)
    if holidays or no_holidays:
        changes["holidays"] = [each.date() for each in holidays]
    if check_in_time is not None:
        changes["check_in_time"] = check_in_time.time()
    if messaging_service is not None:
        changes["messaging_service_sid"] = messaging_service
    with writing():
        the_clinic(clinic_id)
        clinic = found.locked_clinic(clinic_id)
        clinics.change(clinic, changes, clock.now())
        audit.record_nobody(clinic_id, "change", "clinic", [clinic_id], clock.now())
        answer = _described(clinic)
    show(answer)


@group.command("list")
def list_clinics() -> None:
    """Every clinic with its facts."""
    with reading():
        show([_described(each) for each in found.clinics()])


def _described(clinic: Clinic) -> dict[str, object]:
    return {
        "id": clinic.id,
        "name": clinic.name,
        "sms_name": clinic.sms_name,
        "phone": clinic.phone,
        "messaging_service": clinic.messaging_service_sid,
        "timezone": clinic.timezone,
        "language": clinic.language,
        "hours": as_written(clinic.weekly_hours),
        "holidays": clinic.holidays,
        "check_in_time": clinic.check_in_time.strftime("%H:%M"),
        "on_call_phone": clinic.on_call_phone,
        "emergency_number": clinic.emergency_number,
        "crisis_number": clinic.crisis_number,
        "is_demo": clinic.is_demo,
        "created_at": clinic.created_at,
    }
