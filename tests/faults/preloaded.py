"""What every process of a storm needs, imported and learnt once, before they are forked."""

import flask_migrate  # noqa: F401
import psycopg  # noqa: F401
import twilio.rest  # noqa: F401
import waitress  # noqa: F401

import jobs.commands  # noqa: F401
import recovery.app  # noqa: F401
from recovery.domain.reading.dictionary.word_files import lexicon
from recovery.domain.vocabulary import LANGUAGES

for language in LANGUAGES:
    lexicon(language)
