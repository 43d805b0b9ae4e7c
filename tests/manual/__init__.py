"""The manual, written from the stories in `tests/scenario`: `make manual` puts it into `docs/manual`.

A story is a test: its docstring and its comments are the prose, its steps are shown as they are, and what it says of
the ledgers becomes a table. So the manual is right as long as the tests pass.
"""
