"""The app as `wsgi` makes it, but with an instance folder of the test's own."""

import os
from pathlib import Path

import config
from jobs import commands
from recovery.app import create_app

app = create_app(config.load(os.environ, Path(os.environ["TEST_INSTANCE"])))
commands.register(app)
