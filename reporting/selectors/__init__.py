"""What reports ask the ledgers, across rooms. Set-based: a fixed number of queries, whatever the company's size."""
