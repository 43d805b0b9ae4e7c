from django.urls import path

from reporting.views import jobs, reports

app_name = "reporting"

urlpatterns = [
    path("reports/", reports.index, name="reports"),
    path("reports/inbox/", jobs.inbox, name="inbox"),
    path("reports/inbox/<uuid:uuid>/", jobs.job_page, name="job"),
    path("reports/inbox/<uuid:uuid>/state/", jobs.job_state, name="job-state"),
    path("reports/inbox/<uuid:uuid>/file/", jobs.job_file, name="job-file"),
    path("reports/inbox/<uuid:uuid>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("reports/inbox/<uuid:uuid>/again/", jobs.job_again, name="job-again"),
    path("reports/<slug:key>/", reports.report_page, name="report"),
    path("reports/<slug:key>/background/", reports.report_background, name="background"),
]
