"""Who works here."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person or a connected system with a log-in. Is not a salesperson or a customer; what it may do are groups."""
