"""Reports that somebody asked for."""

from django.db.models import QuerySet

from reporting.models import ReportJob


def jobs_of(user) -> QuerySet[ReportJob]:
    """The report inbox of a user; nobody sees another's: what is in a file depends on the rights of who asked."""
    return ReportJob.objects.filter(requested_by=user)
