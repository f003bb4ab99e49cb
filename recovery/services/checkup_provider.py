"""Self-check at the provider: our account, each clinic's number and where it sends what patients write."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from recovery import context
from recovery.domain.vocabulary import LANGUAGES
from recovery.models.clinic import Clinic
from recovery.services.findings import Finding, State, mend, ok, warn
from recovery.services.texts import compose
from recovery.sms.gateway import Gone, NotLetIn, NumberSetUp, OutOfReach

_TRY_AGAIN = (
    "So it is not known whether all is right there. Try again; if it lasts, look at this machine's way to "
    "the internet and at Twilio's status page."
)
ANSWERS = ("opt_out", "opt_in", "help")  # to STOP, START and HELP


def account() -> Finding:
    """Whether Twilio takes our account and token, and lets it send."""
    return _account()[0]


def account_and_numbers(clinics: Sequence[Clinic]) -> Iterator[Finding]:
    """The account, then each clinic's number. Outside any transaction: Twilio may take its time."""
    finding, lets_us_in = _account()
    yield finding
    if context.gateway().name != "twilio":
        return
    for clinic in clinics:
        if lets_us_in:
            yield _number(clinic)
        yield _keywords(clinic)


def _account() -> tuple[Finding, bool]:
    """The finding, and whether it makes sense to ask about anything else."""
    gateway = context.gateway()
    if gateway.name != "twilio":
        said = "Nobody is texted: texts stay in this database (SMS_GATEWAY=console). Twilio was not asked."
        return ok("twilio", said), False
    try:
        found = gateway.account_set_up()
    except (NotLetIn, Gone):
        return mend(
            "twilio",
            "Twilio refuses our account and token: no text leaves, and replies that got lost are not found. "
            "Check TWILIO_ACCOUNT_SID, and TWILIO_AUTH_TOKEN, whose first token makes the calls.",
        ), False
    except OutOfReach as error:
        return warn("twilio", f"Twilio could not be asked ({error}). {_TRY_AGAIN}"), False
    if found.status != "active":
        said = f"Our account at Twilio is {found.status}: no text leaves. Twilio's console says why."
        return mend("twilio", said), True
    if found.is_trial:
        finding = mend if context.config().is_production else warn
        return finding(
            "twilio",
            "Our account at Twilio is a trial: it texts verified numbers only and begins every text with "
            "words of its own. Upgrade it before patients are texted.",
        ), True
    return ok("twilio", "Twilio accepts our account and token."), True


def _number(clinic: Clinic) -> Finding:
    """Whether what patients write to a clinic's number reaches us."""
    try:
        number = context.gateway().number_set_up(clinic.phone)
    except Gone:
        return _mend(
            clinic,
            f"our Twilio account has no number {clinic.phone}: its texts are refused, and what patients "
            "write does not arrive. Buy or move the number, or correct the account",
        )
    except OutOfReach as error:
        return _not_asked(clinic, error)
    ours = clinic.messaging_service_sid or context.config().twilio_messaging_service_sid
    if ours and number.messaging_service_sid != ours:
        return _mend(
            clinic,
            f"texts are handed to the Messaging Service {ours}, which does not have {clinic.phone} among its "
            "senders: they leave from another number, and replies go there. Add the number to it",
        )
    if number.messaging_service_sid is None:
        return _webhook(clinic, number, f"the number {clinic.phone}")
    return _through_service(clinic, number, number.messaging_service_sid)


def _through_service(clinic: Clinic, number: NumberSetUp, sid: str) -> Finding:
    try:
        service = context.gateway().service_set_up(sid)
    except Gone:
        return _mend(clinic, f"our Twilio account has no Messaging Service {sid}. Correct its SID")
    except OutOfReach as error:
        return _not_asked(clinic, error)
    if service.uses_number_webhook:
        return _webhook(clinic, number, f"the number {clinic.phone}")
    if not service.inbound_url:
        return _mend(
            clinic,
            f"the Messaging Service {sid} drops what patients write: it neither calls us nor keeps it in "
            "Twilio's log, so that it is lost for good. Choose there, under Integration, to send a webhook: "
            f"{_wanted()}",
        )
    asked = NumberSetUp(service.inbound_url, service.inbound_method, service.fallback_url)
    return _webhook(clinic, asked, f"the Messaging Service {sid}")


def _webhook(clinic: Clinic, found: NumberSetUp, where: str) -> Finding:
    """Twilio's address for what comes in, against ours."""
    if not found.inbound_url:
        return _mend(clinic, f"{where} calls nobody when a patient writes. Set its webhook to {_wanted()}")
    if _plain(found.inbound_url) != _plain(_inbound()):
        there = _plain(found.inbound_url)
        return _mend(
            clinic, f"{where} hands what patients write to {there}, which is not us. Set it to {_wanted()}"
        )
    if found.inbound_method.upper() != "POST":
        return _mend(
            clinic, f"{where} calls us with {found.inbound_method}, which we refuse. Set it to {_wanted()}"
        )
    if found.fallback_url and _plain(found.fallback_url) != _plain(_inbound()):
        there = _plain(found.fallback_url)
        return warn(
            "number",
            f"{clinic.name}: where we do not answer, {where} hands what patients write to {there}. "
            "Remove that fallback unless it is meant; we find by ourselves what we missed.",
            clinic.id,
        )
    return ok("number", f"{clinic.name}: {where} hands what patients write to {_inbound()}.", clinic.id)


def _keywords(clinic: Clinic) -> Finding:
    """Who answers STOP, START and HELP, with the words to copy where it is Twilio."""
    if context.config().keyword_replies == "clinic":
        return ok(
            "keywords",
            f"{clinic.name}: we answer STOP, START and HELP (KEYWORD_REPLIES=clinic). That is right only if "
            "Twilio's support switched off its own answers for this account; else patients get both.",
            clinic.id,
        )
    service = clinic.messaging_service_sid or context.config().twilio_messaging_service_sid
    how = "Paste these in place of them (Opt-Out Management of its Messaging Service)."
    if service is None:
        how = "To have these said instead, put the number into a Messaging Service and paste them there."
    languages = [clinic.language, *(each for each in LANGUAGES if each != clinic.language)]
    return Finding(
        "keywords",
        State.OK if service else State.WARN,
        f"{clinic.name}: Twilio answers STOP, START and HELP, and we stay silent. Its standard words tell no "
        f"patient that nobody checks on her any more, nor whom to call. {how}",
        clinic.id,
        {each: {key: compose(key, clinic, each) for key in ANSWERS} for each in languages},
    )


def _mend(clinic: Clinic, sentence: str) -> Finding:
    return mend("number", f"{clinic.name}: {sentence}.", clinic.id)


def _not_asked(clinic: Clinic, error: OutOfReach) -> Finding:
    said = f"{clinic.name}: Twilio could not be asked about {clinic.phone} ({error}). {_TRY_AGAIN}"
    return warn("number", said, clinic.id)


def _inbound() -> str:
    return f"{context.config().public_url}/sms/inbound"


def _wanted() -> str:
    return f"POST {_inbound()}"


def _plain(url: str) -> str:
    """An address as we compare and show it: without its password, its query, and Twilio's #settings."""
    try:
        parts = urlsplit(url.strip())
        port = "" if parts.port in (None, {"https": 443, "http": 80}.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
