"""What a patient texts, and what becomes of it."""
