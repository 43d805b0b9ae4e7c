"""Fifty clients of the API at once, for a minute. `make load` runs them; nothing here is a test."""
