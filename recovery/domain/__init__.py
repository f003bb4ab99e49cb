"""The clinical rules as pure functions of values: no clock, no database, no Flask."""
