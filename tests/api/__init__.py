"""The JSON API as its callers meet it."""
