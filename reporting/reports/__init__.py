"""Every report, as a declaration; `catalogue` lists them."""
