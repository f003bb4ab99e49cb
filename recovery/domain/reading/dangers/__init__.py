"""Red flags and worry words that a patient says of now."""
