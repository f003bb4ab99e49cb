"""What is sent when, and what becomes of it."""
