"""An admin and the people of her clinic: added by a link, changed, helped back in, disabled."""

import re
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from recovery.db import db, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.models.system import AuditEvent
from recovery.services import clock, second_step, staff
from tests import make
from tests.web.visitor import Visitor, words

NEW = {"email": "New@Rosewood.example", "name": "Nia New", "role": "nurse"}
CHOSEN = "four words in a row"


def link_in(text: str) -> str:
    """The path of the one-time link that a page shows."""
    found = re.search(r'class="secret">http://127.0.0.1:8000(/set-password/[\w-]{43})<', text)
    assert found, text
    return found.group(1)


def choose(visitor: Visitor, link: str, password: str = CHOSEN) -> int:
    visitor.get(link)
    form = visitor.get("/set-password")
    if form.status_code != 200:
        return form.status_code
    return visitor.post("/set-password", new_password=password, again=password).status_code


def offered(admin: Visitor, person: Staff) -> str:
    admin.get(f"/staff/{person.id}")
    return link_in(admin.post(f"/staff/{person.id}/link").text)


def row(person_id: UUID) -> Staff:
    db.session.rollback()
    return db.session.get_one(Staff, person_id, populate_existing=True)


def test_a_nurse_is_refused_on_every_page_of_admins(app: Flask, signed_in: Visitor, nurse: Staff) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in ("staff", "tokens"):
            path = re.sub("<uuid:[a-z_]+>", str(nurse.id), rule.rule)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                data = {"csrf_token": signed_in.token, "role": "admin"}
                assert signed_in.open(method, path, data=data).status_code == 403, path
    assert row(nurse.id).role == "nurse"
    assert 'href="/staff"' not in signed_in.get("/clinic").text


def test_another_clinics_people_are_not_there(admin: Visitor, clinic: Clinic) -> None:
    other = make.nurse(make.clinic(name="Elm", phone="+14165550122"), "nurse@elm.example")
    assert "nurse@elm.example" not in admin.get("/staff").text
    assert admin.get(f"/staff/{other.id}").status_code == 404
    for what in ("", "/disable", "/enable", "/second-step-off", "/link"):
        assert admin.post(f"/staff/{other.id}{what}", name="x", role="admin").status_code == 404
    refused = admin.post("/tokens", staff_id=str(other.id), name="x")
    assert refused.status_code == 422
    assert row(other.id).disabled_at is None


def test_somebody_new_chooses_her_password_by_a_link(app: Flask, admin: Visitor) -> None:
    admin.get("/staff")
    page = admin.post("/staff", **NEW)
    link = link_in(page.text)
    assert "It is shown only now" in words(page)
    new = Visitor(app.test_client())
    assert new.sign_in("new@rosewood.example", "").status_code == 422
    assert choose(new, link) == 303
    assert new.sign_in("new@rosewood.example", CHOSEN).status_code == 303
    assert admin.get("/staff").text.count(link) == 0


def test_what_is_wrong_with_somebody_new_is_said_at_its_field(admin: Visitor, nurse: Staff) -> None:
    admin.get("/staff")
    for wrong, said in (
        ({"email": "nobody"}, "Not an e-mail address."),
        ({"email": nurse.email}, "registered already"),
        ({"name": "two\nlines"}, "on one line"),
        ({"role": "owner"}, "Not a valid choice"),
    ):
        answer = admin.post("/staff", **{**NEW, **wrong})
        assert answer.status_code == 422
        assert said in words(answer)


def test_over_https_the_form_is_taken_from_its_own_page_alone(
    app: Flask, admin: Visitor, nurse: Staff
) -> None:
    link, site = offered(admin, nurse), "https://recovery.example"
    browser = Visitor(app.test_client())
    browser.get(link, base_url=site)
    browser.get("/set-password", base_url=site)
    form = {"csrf_token": browser.token, "new_password": CHOSEN, "again": CHOSEN}

    def sent(referer: str) -> int:
        headers = {"Referer": referer}
        answer = browser.open("POST", "/set-password", base_url=site, data=form, headers=headers)
        return answer.status_code

    assert sent("https://elsewhere.example/") == 400
    assert sent(f"{site}/set-password") == 303


def test_opening_a_link_changes_nothing_and_leaves_no_trace(app: Flask, admin: Visitor, nurse: Staff) -> None:
    link = offered(admin, nurse)
    visitor = Visitor(app.test_client())
    for _ in range(3):
        opened = visitor.get(link)
        assert opened.location == "/set-password", "its secret stays in no address that is shown"
        assert opened.headers["Referrer-Policy"] == "no-referrer"
    page = visitor.get("/set-password")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert link.rpartition("/")[2] not in page.text
    assert visitor.sign_in().status_code == 303, "her password still goes"
    with reading():
        assert row(nurse.id).reset_hash != link.rpartition("/")[2].encode()


def test_a_new_password_ends_sessions_and_a_lock(
    app: Flask, admin: Visitor, signed_in: Visitor, nurse: Staff
) -> None:
    with writing():
        row(nurse.id).locked_until = make.NOON + timedelta(minutes=15)
    assert "Locked until" in words(admin.get(f"/staff/{nurse.id}"))
    visitor = Visitor(app.test_client())
    assert visitor.sign_in().status_code == 401
    assert choose(visitor, offered(admin, nurse)) == 303
    assert signed_in.get("/flagged-cases").status_code == 303
    assert visitor.sign_in(password=CHOSEN).status_code == 303


def test_a_link_is_good_once_for_a_day_and_the_newest_only(app: Flask, admin: Visitor, nurse: Staff) -> None:
    older, newer = offered(admin, nurse), offered(admin, nurse)
    visitor = Visitor(app.test_client())
    assert choose(visitor, older) == 410
    with clock.set_to(make.NOON + timedelta(hours=24, minutes=1)):
        assert choose(visitor, newer) == 410
    assert choose(visitor, newer, "short") == 422
    assert choose(visitor, newer) == 303
    assert choose(visitor, newer) == 410
    assert choose(visitor, "/set-password/" + "x" * 5_000) == 410


def test_a_link_of_somebody_disabled_opens_nothing(app: Flask, admin: Visitor, nurse: Staff) -> None:
    link = offered(admin, nurse)
    admin.post(f"/staff/{nurse.id}/disable")
    assert choose(Visitor(app.test_client()), link) == 410
    refused = admin.get(admin.post(f"/staff/{nurse.id}/link").location)
    assert "is disabled" in words(refused)


def test_there_is_always_an_admin(admin: Visitor, clinic: Clinic) -> None:
    with reading():
        herself = staff.by_email("admin@rosewood.example").id
    path = f"/staff/{herself}"
    admin.get(path)
    assert "You cannot disable yourself" in words(admin.get(admin.post(f"{path}/disable").location))
    demoted = {"name": "Ada", "role": "nurse"}
    assert "needs an admin" in words(admin.get(admin.post(path, **demoted).location))
    second = make.nurse(clinic, "second@rosewood.example", "admin")
    assert "You cannot disable yourself" in words(admin.get(admin.post(f"{path}/disable").location))
    admin.post(path, **demoted)
    assert row(herself).role == "nurse"
    assert admin.get("/staff").status_code == 403
    assert row(second.id).role == "admin"


def test_her_role_and_name_count_at_once(admin: Visitor, signed_in: Visitor, nurse: Staff) -> None:
    admin.get("/staff")
    admin.post(f"/staff/{nurse.id}", name="Robin Hale", role="admin")
    page = signed_in.get("/staff")
    assert page.status_code == 200
    assert "Robin Hale" in page.text


def test_a_lost_phone_is_helped_with_and_ends_her_sessions(
    app: Flask, admin: Visitor, signed_in: Visitor, nurse: Staff
) -> None:
    with writing():
        person = row(nurse.id)
        second_step.begin(person)
        person.totp_confirmed_at = make.NOON
        second_step.new_codes(person)
    admin.get("/staff")
    admin.post(f"/staff/{nurse.id}/second-step-off")
    assert signed_in.get("/flagged-cases").location == "/sign-in"
    again = Visitor(app.test_client())
    again.sign_in()
    assert again.get("/flagged-cases").status_code == 200


def test_a_token_is_shown_once_used_and_revoked(app: Flask, admin: Visitor, nurse: Staff) -> None:
    admin.get("/tokens")
    made = admin.post("/tokens", staff_id=str(nurse.id), name="Front desk")
    found = re.search(r'class="secret">([\w-]{43})<', made.text)
    assert found
    bearer = {"Authorization": f"Bearer {found.group(1)}"}
    assert app.test_client().get("/api/v1/patients", headers=bearer).status_code == 200
    page = admin.get("/tokens")
    assert found.group(1) not in page.text
    revoke = re.search(r'action="(/tokens/[^"]+/revoke)"', page.text)
    assert revoke
    admin.post(revoke.group(1))
    assert app.test_client().get("/api/v1/patients", headers=bearer).status_code == 401
    assert "Revoked" in words(admin.get("/tokens"))


def test_a_nurse_sees_and_revokes_her_own_tokens_only(app: Flask, signed_in: Visitor, clinic: Clinic) -> None:
    mine = make.token(row_by("nurse@rosewood.example"))
    others = make.token(make.nurse(clinic, "other@rosewood.example"))
    page = signed_in.get("/account")
    (revoke,) = re.findall(r'action="(/account/tokens/[^"]+/revoke)"', page.text)
    assert signed_in.post(revoke).status_code == 303
    assert (
        app.test_client().get("/api/v1/patients", headers={"Authorization": f"Bearer {mine}"}).status_code
        == 401
    )
    bearer = {"Authorization": f"Bearer {others}"}
    assert app.test_client().get("/api/v1/patients", headers=bearer).status_code == 200
    assert signed_in.post(f"/account/tokens/{row_by('nurse@rosewood.example').id}/revoke").status_code == 404


def test_a_new_password_ends_no_program_and_says_so(app: Flask, signed_in: Visitor) -> None:
    bearer = {"Authorization": f"Bearer {make.token(row_by('nurse@rosewood.example'))}"}
    assert "go on until you revoke their tokens" in words(signed_in.get("/account"))
    changed = signed_in.post("/account/password", password=make.PASSWORD, new_password=CHOSEN, again=CHOSEN)
    assert changed.status_code == 303
    assert app.test_client().get("/api/v1/patients", headers=bearer).status_code == 200


def test_what_was_done_stands_in_the_audit_by_ids_only(admin: Visitor, nurse: Staff) -> None:
    offered(admin, nurse)
    admin.post(f"/staff/{nurse.id}/disable")
    with reading():
        rows = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "staff")).all()
        done = [(each.action, each.subject_ids) for each in rows if each.action != "sign_in"]
        assert done == [
            ("offer_link", [str(nurse.id)]),
            ("disable", [str(nurse.id)]),
        ]


def test_a_name_that_is_a_script_stays_words(admin: Visitor, signed_in: Visitor, nurse: Staff) -> None:
    admin.get("/staff")
    admin.post(f"/staff/{nurse.id}", name="<script>alert(1)</script>", role="nurse")
    for visitor, path in (
        (admin, "/staff"),
        (admin, f"/staff/{nurse.id}"),
        (admin, "/tokens"),
        (signed_in, "/account"),
    ):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def row_by(email: str) -> Staff:
    with reading():
        return staff.by_email(email)
