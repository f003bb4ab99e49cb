"""Texts through the port: each way out, its codes and its signature."""
