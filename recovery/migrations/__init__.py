"""Alembic migrations: small, forward, never edited once shipped."""
