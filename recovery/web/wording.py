"""How every text reads, in all languages side by side, and what it costs; nothing here can be changed."""

from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from recovery.db import db, reading
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import Clinic
from recovery.services import clock, previews
from recovery.web import banners
from recovery.web.forms import LANGUAGE_NAMES
from recovery.web.sessions import signed_in

wording = Blueprint("wording", __name__, url_prefix="/wording")


@wording.get("")
def show() -> ResponseReturnValue:
    """Every text, filled with the clinic's own facts."""
    with reading():
        now = clock.now()
        clinic = db.session.get_one(Clinic, signed_in().clinic_id)
        texts = previews.all_texts(clinic, now)
        return render_template(
            "wording.html",
            clinic=clinic,
            groups=[(group, list(found)) for group, found in groupby(texts, key=lambda each: each.group)],
            long=[each for each in texts if any(preview.segments > 1 for preview in each.previews)],
            languages=[(each, LANGUAGE_NAMES[each]) for each in LANGUAGES],
            day=previews.DAY,
            banners=banners.standing(clinic, now),
        )
