"""The languages of the interface, each by its own name: whoever reads no English finds theirs."""

from django.conf import settings
from django.conf.locale import LANG_INFO

LANGUAGES = [(code, LANG_INFO[code]["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
