"""Benchmarks: how fast, and how the time grows. They print tables and judge nothing."""
