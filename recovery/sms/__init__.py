"""The one port to the phone network, and what stands behind it."""
