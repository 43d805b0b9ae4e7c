class ServiceError(Exception):
    """An embedded service cannot be had; the message says why and what to do about it."""
