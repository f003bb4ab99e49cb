"""Check-ins by text after micro-needling, and the cases that a nurse must see."""
