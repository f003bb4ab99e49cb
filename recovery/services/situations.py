"""The situation in which a text is answered: all that the pure choice depends on, gathered from rows."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from recovery.domain import targets, triage
from recovery.domain.answers import Situation
from recovery.domain.vocabulary import CORE, OTHER, CheckInKind, CheckInStatus, Intent, Priority, Score
from recovery.models.case import FlaggedCase
from recovery.queries import treatments
from recovery.services import answering, assessing, keywords, noticing, reports
from recovery.services.understanding import Taking
from recovery.services.values import facts_of, hours_of, told

_HARMLESS = ("tightness", "peeling")


def situation(taking: Taking, case: FlaggedCase | None, *, recovered: bool) -> Situation:
    """The situation with this text stored and triaged; `case` is the one that stands."""
    reading, protocol, now = taking.reading, taking.protocol, taking.now
    treatment, day = taking.treatment, taking.where.day
    of_day = reports.day_scores(treatment, day) if taking.report else {}
    core = {symptom: of_day[symptom] for symptom in CORE if symptom in of_day}
    return Situation(
        intent=Intent.ACK if taking.taken_back else taking.intent,
        red_flags=frozenset(reading.red_flags),
        is_fine=reading.is_fine,
        photo=bool(taking.incoming.media),
        scores=tuple(score.value for score in core.values()),
        missing=_missing(taking, core),
        approximate=any(score.approximate for score in core.values()),
        other_symptoms=bool(reading.concerns) or _has_others(of_day),
        flagged=_weight(taking, case),
        case_open=case is not None,
        recovers=recovered,
        day=day,
        usual_limit=protocol.usual(treatment.needle_depth_mm, treatment.device, day),
        check_in_tomorrow=_is_asked_tomorrow(taking),
        clinic_open=targets.is_open(hours_of(taking.clinic), now),
        silenced=taking.opted_out,
        keyword_by_provider=keywords.by_provider(
            taking.incoming.body, taking.incoming.opt_out_type, taking.intent
        ),
        conversation=taking.conversation or _is_nurse_talking(taking),
        same_text_third=answering.is_third_same(taking.received, taking.thread, now),
        late_question=taking.late is not None,
        is_none=reading.is_none,
        fragment=taking.fragment,
        unread_again=noticing.unread_again(taking),
        asked_recently=noticing.asked_recently(taking),
        safety_recently=answering.safety_recently(taking.received, taking.thread, taking.clinic, now),
    )


def _weight(taking: Taking, case: FlaggedCase | None) -> Priority | None:
    """The highest priority of what this very text says, where it stands as a reason on the case.

    A reason keeps its gravest priority; who is improving is not answered by that.
    """
    if case is None:
        return None
    told_so_far = [told(report) for report in treatments.standing_reports(taking.treatment)]
    facts = facts_of(taking.treatment, taking.patient)
    standing = {reason.key for reason in assessing.as_case(case).reasons if reason.stands}
    own = {str(each) for each in taking.sources}
    given = (*triage.assess(taking.protocol, facts, told_so_far), *taking.evidence)
    found = [
        each.priority for each in given if each.source_id in own and (each.rule, each.symptom) in standing
    ]
    return max(found, key=lambda each: each.rank, default=None)


def _is_nurse_talking(taking: Taking) -> bool:
    until = taking.patient.conversation_until
    return until is not None and taking.now < until


def _missing(taking: Taking, core: dict[str, Score]) -> tuple[str, ...]:
    """What a partial answer still lacks; nothing is asked of words alone, nor after the daily texts."""
    scored = taking.report is not None and bool(taking.report.scores)
    return reports.missing(core) if scored and taking.where.day <= taking.protocol.last_day else ()


def _has_others(of_day: dict[str, Score]) -> bool:
    """Whether a symptom stands beside the three that keeps a report from being clear."""
    return any(of_day[name].value > 0 for name in OTHER if name in of_day and name not in _HARMLESS)


def _is_asked_tomorrow(taking: Taking) -> bool:
    """Whether the day after this text, or after the question that it answers, has a check-in planned."""
    zone = ZoneInfo(taking.patient.timezone)
    check_in = taking.where.check_in
    today = max(taking.now, check_in.sent_at or taking.now) if check_in else taking.now
    tomorrow = today.astimezone(zone).date() + timedelta(days=1)
    return any(
        check_in.status == CheckInStatus.PLANNED
        and check_in.kind == CheckInKind.CHECK_IN
        and check_in.due_at.astimezone(zone).date() == tomorrow
        for check_in in taking.treatment.check_ins
    )
