"""What a measure needs, and this machine does not have."""


class NotMeasured(Exception):
    """Something that the measure needs is not here; the message says what."""
