"""The pages over the test client, on both databases."""
