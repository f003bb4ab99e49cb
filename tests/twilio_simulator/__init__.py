"""A Twilio of our own over real HTTP, with a memory, signed webhooks and faults on demand."""
