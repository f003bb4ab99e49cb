"""Benchmarks against what others would use: `make bench` takes them, and no test holds a time.

A new one is a module with a `take(world) -> Result` and a `Measure` that stands in `suite.py`. It asks the
World (`world.py`) for filled databases and web servers, takes both sides of a comparison in turn
(`measure.in_turn`), raises NotMeasured where something it needs is not installed, and shows `progress`.
"""
