"""Every SELECT, by the name of what the caller wants; none of them commits."""
