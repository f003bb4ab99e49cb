"""The pages in a real browser: the main story, and how they look to everyone."""
