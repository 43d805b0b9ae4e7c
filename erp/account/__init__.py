"""Who logs in and how: django-allauth, in our words and with what we allow of it."""
