"""Which value belongs to which symptom, and what a careful nurse would log of it."""
