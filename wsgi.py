"""The app for a web server (`wsgi:app`), and the commands of `flask --app wsgi`."""
# ruff: noqa: E402

import gc
import sys

gc.disable()  # until all is loaded, which stays: walking through it while it grows finds nothing

import click
from flask import Flask

import config
from jobs import commands
from recovery.app import create_app
from recovery.commands import replies
from recovery.domain.reading.dictionary.word_files import lexicon
from recovery.domain.vocabulary import LANGUAGES

_GUNICORN_GIVES_UP = 3  # after any other exit code of a worker it would start the next one, for ever


def _made() -> Flask:
    """The whole app; but reading replies needs nothing of it, neither settings nor a database."""
    if replies.are_asked(sys.argv):
        return replies.app_alone()
    try:
        return create_app(config.load(), has_doors=not commands.are_asked(sys.argv))
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        raise SystemExit(_GUNICORN_GIVES_UP if "gunicorn" in sys.modules else 1) from None


def _is_serving() -> bool:
    """Whether this process serves pages, rather than running one command."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


def _learn_the_words() -> None:
    """A third of a second of work, for which the first texts would keep Twilio and patients' rows waiting."""
    for language in LANGUAGES:
        lexicon(language)


def _start_the_clock() -> None:
    from jobs import clock  # with the scheduler, which few processes need

    clock.stop_when_told(app, clock.start_in_background(app))


app = _made()
commands.register(app)
if _is_serving():
    _learn_the_words()
    gc.freeze()  # so that forked processes share what is loaded, and end in a second and not in ten
gc.enable()
gc.set_threshold(50_000)  # rows come by the hundred and hold no circles: 700 are no reason to look for one
if _is_serving() and app.extensions["recovery.config"].run_clock:
    _start_the_clock()
