"""Tests of the use cases, each on both databases."""
