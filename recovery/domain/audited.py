"""The words of the audit: what people did, and with what; each with how a page says it."""

from collections.abc import Mapping

ACTIONS: Mapping[str, str] = {
    # with patients, their treatments and their cases
    "list": "Listed",
    "view": "Looked at",
    "enrol": "Enrolled",
    "preview": "Previewed the texts of",
    "change": "Changed",
    "erase": "Erased",
    "begin": "Entered",
    "end": "Ended",
    "report": "Logged a report on",
    "acknowledge": "Acknowledged",
    "assign": "Assigned",
    "snooze": "Put away",
    "note": "Wrote a note on",
    "message": "Texted the patient of",
    "resolve": "Resolved",
    "reopen": "Opened again",
    "dismiss": "Dismissed",
    "attach": "Attached to a patient",
    "import": "Imported",
    # with the clinic, its staff and their ways in
    "sign_in": "Signed in",
    "sign_in_failed": "Failed to sign in as",
    "sign_out": "Signed out",
    "sign_out_everywhere": "Signed out everywhere",
    "change_password": "Changed a password",
    "set_password": "Set a password by its link",
    "offer_link": "Made a password link for",
    "second_step_on": "Set up a second step",
    "second_step_off": "Took a second step away",
    "recovery_codes": "Made recovery codes",
    "add": "Added",
    "disable": "Disabled",
    "enable": "Let in again",
    "revoke": "Revoked",
    "write": "Wrote a version of",
    "approve": "Signed",
}

# What an id in the audit is of: one, and several.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "patient": ("patient", "patients"),
    "treatment": ("treatment", "treatments"),
    "case": ("case", "cases"),
    "photo": ("photo", "photos"),
    "unknown_number": ("unknown number", "unknown numbers"),
    "import": ("import", "imports"),
    "staff": ("member of staff", "members of staff"),
    "token": ("token", "tokens"),
    "clinic": ("clinic", "clinics"),
    "protocol": ("protocol", "protocols"),
    "statistics": ("statistics", "statistics"),
    "audit": ("audit", "audits"),
}


def done(action: str, subject: str, count: int) -> str:
    """What was done, in words: "Listed 25 cases", "Looked at a patient"; an unknown word stays as it is.

    Of a member of staff only the deed: "Disabled", since her name stands beside it.
    """
    did = ACTIONS.get(action, action.replace("_", " ").capitalize())
    one, several = SUBJECTS.get(subject, (subject.replace("_", " "), subject.replace("_", " ")))
    if subject in ("clinic", "audit", "statistics", "protocol"):
        return f"{did} the {one}"
    if subject == "staff" and count == 1:
        return did
    return f"{did} {'an' if one[0] in 'aeiu' else 'a'} {one}" if count == 1 else f"{did} {count} {several}"
