"""How fast it is: measurements on a company of a size that hurts. `make bench` runs them; nothing here is a test."""
