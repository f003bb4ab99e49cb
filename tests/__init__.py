"""The tests, laid out as the package is; they read as the manual."""
