"""Real processes that are killed, suspended and misled, and what must hold afterwards."""
