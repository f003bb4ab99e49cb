"""Use cases: one function each, inside the transaction that the edge has opened."""
