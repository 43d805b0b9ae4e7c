"""The composition of Handel: settings, URLs, tasks and commands. Rooms never import it; `erp.kernel` is their floor."""
