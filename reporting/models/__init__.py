"""The tables of reporting."""

from reporting.models.job import ReportJob

__all__ = ["ReportJob"]
