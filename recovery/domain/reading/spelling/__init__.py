"""From what a phone sends to tokens: one plain spelling, then words, numbers and the marks between them."""
