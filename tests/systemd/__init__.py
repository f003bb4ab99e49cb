"""The units in docs/systemd: what systemd says of them, and what their commands say."""
