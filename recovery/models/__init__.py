"""Rows: columns, constraints and relations. What must always hold, the database enforces."""
