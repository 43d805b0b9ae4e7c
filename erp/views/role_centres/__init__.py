"""Where people start: what waits for them, in figures, one chart, a sentence or two. One centre per kind of work."""

from erp.views.role_centres.centre import Centre, centre_of

__all__ = ["Centre", "centre_of"]
