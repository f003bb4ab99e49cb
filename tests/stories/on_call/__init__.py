"""What the phone on call lives through."""
