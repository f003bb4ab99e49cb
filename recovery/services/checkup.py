"""The self-check: everything that a clinic must have in order, one finding after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from recovery.crypto import Unreadable
from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.queries import clinics
from recovery.services import checkup_clinics, checkup_installation, checkup_provider, checkup_running
from recovery.services.findings import Finding, State, mend

Clock = Callable[[], datetime]


def findings(periods: Mapping[str, int], clock: Clock) -> Iterator[Finding]:
    """What is so, in the order in which it is best mended; each as soon as it is known.

    `periods`: the seconds between two runs of each job. The provider is asked last and outside any
    transaction, for it may take its time. What a database that does not serve would have told is
    left out.
    """
    yield from checkup_installation.settings()
    here: Sequence[Clinic] | None = None
    for finding in checkup_installation.database():
        yield finding
        if finding.state is State.MEND:
            break
    else:
        found, here = _standing(periods, clock)
        yield from found
    if here is None:
        yield checkup_provider.account()
    else:
        yield from checkup_provider.account_and_numbers(here)


def _standing(periods: Mapping[str, int], clock: Clock) -> tuple[list[Finding], Sequence[Clinic] | None]:
    """What the database tells, and the clinics in it, if they can be read."""
    found: list[Finding] = []
    try:
        now = clock()
        with reading():
            found += checkup_installation.kept()
            found += checkup_running.clock(periods, now)
            found += checkup_running.texts(now)
            found += checkup_running.audit(now)
            here = clinics.clinics()
            found += [each for clinic in here for each in checkup_clinics.clinic(clinic, now)]
            db.session.expunge_all()
    except SQLAlchemyError as error:
        return [*found, checkup_installation.unusable(error)], None
    except Unreadable:
        said = "Some of what is sealed opens with no key in DATA_KEYS. Add the key that was dropped."
        return [*found, mend("keys", said)], None
    return (found if here else [*found, checkup_clinics.none_yet()]), here
