"""create_app: the only place where the parts are joined."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError
from recovery import log
from recovery.api import register as api
from recovery.commands import all as commands
from recovery.crypto import Keyring
from recovery.db import db, prepare, reading
from recovery.models import all as _models  # noqa: F401
from recovery.queries import clinics
from recovery.sms.choose import from_config
from recovery.web import register as web
from recovery.webhooks import webhooks

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(config: Config) -> Flask:
    """The app under `config`: database, keys, texts, doors and commands.

    Raises ConfigError in production on a demonstration's database.
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
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "hide_parameters": True},
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.extensions["recovery.config"] = config
    app.extensions["recovery.keyring"] = Keyring(config.data_keys, config.lookup_key)
    app.extensions["recovery.gateway"] = from_config(config)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    with app.app_context():
        prepare(db.engine)
        if config.is_production:
            _refuse_demonstration()
    app.register_blueprint(webhooks)
    web.register(app)
    api.register(app)
    commands.register(app)
    return app


def _refuse_demonstration() -> None:
    """A database that cannot be read yet (not migrated, not up) holds no demonstration."""
    try:
        with reading():
            found = clinics.has_demo_clinic()
    except DBAPIError:
        return
    finally:
        db.session.remove()
        db.engine.dispose()  # a web server may fork after this: no connection is shared
    if found:
        raise ConfigError(
            "DATABASE_URL: holds a demonstration; accepted: in production a database of its own"
        )
