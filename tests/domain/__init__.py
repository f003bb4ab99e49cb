"""The clinical rules, by tables of examples and properties."""
