"""create_app: the only place where the parts are joined."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from config import Config
from recovery.commands import all as commands
from recovery.crypto import Keyring
from recovery.db import db, prepare
from recovery.models import all as _models  # noqa: F401
from recovery.sms.choose import from_config
from recovery.webhooks import webhooks

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(config: Config) -> Flask:
    """The app under `config`: database, keys, texts, doors and commands."""
    app = Flask("recovery", instance_path=str(config.instance))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.extensions["recovery.config"] = config
    app.extensions["recovery.keyring"] = Keyring(config.data_keys, config.lookup_key)
    app.extensions["recovery.gateway"] = from_config(config)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    with app.app_context():
        prepare(db.engine)
    app.register_blueprint(webhooks)
    commands.register(app)
    return app
