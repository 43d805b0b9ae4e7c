"""What can be done in the general ledger, one verb per file."""
