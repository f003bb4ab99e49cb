"""From tokens to phrases, and which of their numbers could be scores."""
