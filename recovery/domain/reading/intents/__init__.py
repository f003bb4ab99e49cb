"""What a text asks of us besides its scores: to stop, to start, help, a nurse, or nothing at all."""
