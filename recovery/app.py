"""create_app: the only place where the parts are joined."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError
from recovery import log
from recovery.commands import all as commands
from recovery.crypto import Keyring
from recovery.db import db, engine_options, prepare, reading
from recovery.models import all as _models  # noqa: F401
from recovery.queries import clinics, migrations
from recovery.services import keys
from recovery.sms.choose import from_config

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(config: Config, *, has_doors: bool = True) -> Flask:
    """The app under `config`: database, keys, texts, doors and commands.

    Without doors (pages, API, webhooks) nobody can come in, and it starts sooner and holds less.
    Raises ConfigError on a database of other keys, and in production on a demonstration's.
    """
    log.set_up()
    app = Flask(
        "recovery",
        instance_path=str(config.instance),
        static_folder="web/static",
        template_folder="web/templates",
    )
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.extensions["recovery.config"] = config
    app.extensions["recovery.keyring"] = Keyring(config.data_keys, config.lookup_key)
    app.extensions["recovery.gateway"] = from_config(config)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    with app.app_context():
        prepare(db.engine)
        _check_database(config)
    if has_doors:
        _open(app)
    commands.register(app)
    return app


def _open(app: Flask) -> None:
    """Imports them here, so that a job does without."""
    from recovery.api import register as api
    from recovery.web import register as web
    from recovery.webhooks import webhooks

    app.register_blueprint(webhooks)
    web.register(app)
    api.register(app)


def _check_database(config: Config) -> None:
    """A database that cannot be read yet (not migrated, not up) is left to /readyz."""
    if migrations.have_no_file():
        return
    try:
        with reading():
            holds_demonstration = config.is_production and clinics.has_demo_clinic()
            wrong = keys.wrong()
    except DBAPIError:
        return
    finally:
        db.session.remove()
        db.engine.dispose()  # a web server may fork after this: no connection is shared
    refused = [
        f"{name}: cannot open this database; accepted: the keys that it was written with" for name in wrong
    ]
    if holds_demonstration:
        refused.insert(
            0, "DATABASE_URL: holds a demonstration; accepted: in production a database of its own"
        )
    if refused:
        raise ConfigError("\n".join(refused))
