"""The doors of the REST API: who asks, how much, in which form, and how a refusal is told."""
