"""The clinic's settings: nurses read them, admins change them, and two admins do not overwrite each other."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from recovery.db import db, reading
from recovery.models.clinic import Clinic
from recovery.models.system import AuditEvent
from recovery.web.clinic_forms import hours_in_words
from tests import make
from tests.web.visitor import Visitor, words

SCRIPT = "<script>alert(1)</script>"


def filled(page: TestResponse) -> dict[str, str]:
    """What a browser would send back of the settings' form as it stands on the page."""
    form = page.text.partition('class="panel stack settings"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            found[name.group(1)] = unescape(value.group(1)) if value else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(inside).lstrip()
    chosen = re.search(r'<option selected value="([^"]+)"', form)
    return {**found, "language": chosen.group(1) if chosen else "en"}


def saved(admin: Visitor, **changes: str) -> TestResponse:
    return admin.post("/clinic", **{**filled(admin.get("/clinic")), **changes})


def clinic_now(clinic: Clinic) -> Clinic:
    db.session.rollback()
    return db.session.get_one(Clinic, clinic.id, populate_existing=True)


def test_a_nurse_reads_the_facts_and_can_change_none(signed_in: Visitor, clinic: Clinic) -> None:
    page = signed_in.get("/clinic")

    assert "Monday to Friday 09:00 to 17:00 Saturday to Sunday closed" in words(page)
    assert "+1 416-555-0199" in words(page)
    assert "<form" not in page.text.partition("<main")[2]
    assert signed_in.post("/clinic", name="Mine").status_code == 403
    assert signed_in.post("/clinic/sending", texts="off").status_code == 403
    assert clinic_now(clinic).version == 1


def test_it_says_by_the_clinics_own_protocol_when_the_phone_on_call_rings(
    admin: Visitor, clinic: Clinic
) -> None:
    said = words(admin.get("/clinic"))
    make.protocol_says(on_call_again_minutes=10, on_call_times=6, on_call_share=0.75)

    assert "every 15 minutes, 4 times in all" in said
    assert "(from 22:00 to 07:00: at 07:00), in clinic hours when 50% of its target has passed" in said
    now = words(admin.get("/clinic"))
    assert ("every 10 minutes, 6 times" in now, "75% of its target" in now) == (True, True)


def test_an_admin_saves_what_she_changed_and_only_that(admin: Visitor, clinic: Clinic) -> None:
    answer = saved(
        admin,
        **{
            "name": SCRIPT,
            "sms_name": "<b>Skin</b>",
            "week-4-closes": "13:00",
            "week-5-opens": "10:00",
            "week-5-closes": "12:30",
            "holidays": "2026-12-26, 2026-12-25",
            "check_in_time": "09:15",
        },
    )

    assert answer.location == "/clinic"
    page = admin.get("/clinic")
    assert "Saved. Questions that are not yet sent move to the new time within a minute." in words(page)
    assert SCRIPT not in page.text
    assert "<b>Skin</b>" not in page.text
    row = clinic_now(clinic)
    assert (row.name, row.sms_name, row.on_call_phone) == (SCRIPT, "<b>Skin</b>", "+14165550199")
    assert row.weekly_hours[3:] == [["09:00", "17:00"], ["09:00", "13:00"], ["10:00", "12:30"], None]
    assert row.holidays == ["2026-12-25", "2026-12-26"]
    assert (row.check_in_time.hour, row.version) == (9, 2)


def test_saving_what_stands_changes_nothing_and_is_not_recorded(admin: Visitor, clinic: Clinic) -> None:
    assert saved(admin).status_code == 303
    assert "Nothing was changed." in words(admin.get("/clinic"))
    assert clinic_now(clinic).version == 1
    with reading():
        assert db.session.query(AuditEvent).filter_by(subject="clinic").count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Must not be empty."),
        ("sms_name", "Crème €€€€€€€ brûlée", "Must be 1 to 18 characters"),
        ("timezone", "Mars/Olympus", "Not a time zone"),
        ("week-0-opens", "", "Monday: give both times as HH:MM"),
        ("week-0-opens", "18:00", "Monday: must close after it opens."),
        ("holidays", f"Christmas {SCRIPT}", "Not a day: Christmas, <script>alert(1)</sc. Write each as"),
        ("check_in_time", "07:00", "Must lie between 08:00 and 14:00."),
        ("check_in_time", "soon", "Not a valid time value."),
        ("on_call_phone", "911", "Not a valid phone number."),
        ("on_call_phone", "+14165550100", "That is the clinic's own number"),
        ("emergency_number", "", "Must be 2 to 4 digits"),
        ("messaging_service_sid", "AC1", "Must be the SID of a Messaging Service"),
        ("version", "nonsense", "Somebody else changed these settings"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field_and_nothing_is_saved(
    admin: Visitor, clinic: Clinic, field: str, typed: str, said: str
) -> None:
    answer = saved(admin, **{"crisis_number": "3114", field: typed})

    assert answer.status_code in (409, 422)
    assert said in words(answer)
    assert SCRIPT not in answer.text
    assert 'value="3114"' in answer.text, "what she typed is kept"
    assert clinic_now(clinic).version == 1


def test_all_that_is_wrong_is_told_at_once(admin: Visitor) -> None:
    said = words(saved(admin, holidays="Christmas", emergency_number="x", **{"week-0-closes": "08:00"}))

    assert "Not a day: Christmas." in said
    assert "Must be 2 to 4 digits" in said
    assert "Monday: must close after it opens." in said


def test_the_second_of_two_admins_is_told_what_differs(admin: Visitor, clinic: Clinic) -> None:
    form = filled(admin.get("/clinic"))
    saved(admin, name="Rosewood Skin Clinic", crisis_number="3114")

    late = admin.post("/clinic", **{**form, "name": "Rosewood Clinic"})

    assert late.status_code == 409
    assert "differs from what stands now in: Name of the clinic, Crisis line." in words(late)
    assert clinic_now(clinic).name == "Rosewood Skin Clinic"
    again = admin.post("/clinic", **filled(late))
    assert again.status_code == 303
    assert clinic_now(clinic).name == "Rosewood Clinic"


def test_what_is_no_field_of_the_form_is_never_saved(admin: Visitor, clinic: Clinic) -> None:
    saved(
        admin, phone="+14165550111", is_demo="y", id="1", texting_on="", texting_off_by="Nobody", name="New"
    )

    row = clinic_now(clinic)
    assert (row.id, row.phone, row.is_demo, row.texting_off_at) == (clinic.id, "+14165550100", False, None)
    assert row.name == "New"


def test_texts_are_stopped_by_name_and_go_on_again(admin: Visitor, clinic: Clinic) -> None:
    admin.post("/clinic/sending", texts="off")
    page = words(admin.get("/clinic"))
    assert "Off since Fri 20 Nov, 12:00, by admin." in page
    assert "Texts of this clinic are off since Fri 20 Nov, 12:00" in page

    admin.post("/clinic/sending", texts="on")
    assert "On. Welcomes, questions" in words(admin.get("/clinic"))
    assert clinic_now(clinic).texting_off_by is None


def test_a_second_step_for_everybody_holds_for_her_too(admin: Visitor, clinic: Clinic) -> None:
    saved(admin, second_step_required="y")

    assert clinic_now(clinic).second_step_required
    assert admin.get("/clinic").status_code == 303


def test_another_clinics_settings_are_neither_seen_nor_touched(stranger: Visitor, clinic: Clinic) -> None:
    page = words(stranger.get("/clinic"))

    assert "Birch Clinic" in page
    assert "Rosewood" not in page


WEEKS = [
    ([["09:00", "17:00"]] * 7, ["Monday to Sunday 09:00 to 17:00"]),
    (
        [None, ["09:00", "12:00"], None, None, None, ["10:00", "11:00"], ["10:00", "11:00"]],
        [
            "Monday closed",
            "Tuesday 09:00 to 12:00",
            "Wednesday to Friday closed",
            "Saturday to Sunday 10:00 to 11:00",
        ],
    ),
]


@pytest.mark.parametrize(("week", "said"), WEEKS)
def test_hours_are_told_by_stretches_of_days_alike(week: list[list[str] | None], said: list[str]) -> None:
    assert hours_in_words(week) == said
