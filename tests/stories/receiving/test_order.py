"""Patients never touch each other: whichever text comes first, the same stands afterwards."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.conftest import empty_tables
from tests.twilio_simulator.simulator import Simulator
from tests.webhooks.story import Story, new_phone

BODIES = (
    "3 1 0",
    "0",
    "9 9 9",
    "redness 4",
    "there is pus",
    "banana",
    "fine",
    "STOP",
    "START",
    "call me",
    "3",
)

texts = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(BODIES), st.integers(1, 400)), max_size=6)


@pytest.fixture
def pair(on_twilio: tuple[Flask, Simulator]) -> tuple[Flask, Simulator]:
    return on_twilio


def play(pair: tuple[Flask, Simulator], script: list[tuple[int, str, int]], *, swapped: bool) -> object:
    """Two patients' texts at the same moments, each moment's pair in one order or the other."""
    app, twilio = pair
    with app.app_context():
        story = Story(app, twilio).begin()
        first, second = story.phone, new_phone()
        other = make.patient(story.clinic, story.now, phone=second)
        also = make.treatment(other, story.now).id
        story.at(2, "09:00")
        heard: dict[str, list[str | None]] = {first: [], second: []}
        for whose, body, minutes in script:
            story.later(minutes=minutes + 0.37)  # no two texts exactly on the edge of a rule's minutes
            pairs = [(first, body), (second, BODIES[(BODIES.index(body) + whose) % len(BODIES)])]
            for phone, said in reversed(pairs) if swapped else pairs:
                heard[phone].append(story.text(said, phone))
        states = [heard[first], heard[second]]
        for treatment_id in (story.treatment_id, also):
            story.treatment_id = treatment_id
            states.append([story.flags, story.scores, story.treatment.status])
        empty_tables()
    return states


@settings(max_examples=5, deadline=timedelta(seconds=60), suppress_health_check=list(HealthCheck))
@given(script=texts)
def test_the_order_of_two_patients_texts_never_matters(
    pair: tuple[Flask, Simulator], script: list[tuple[int, str, int]]
) -> None:
    assert play(pair, script, swapped=False) == play(pair, script, swapped=True)
