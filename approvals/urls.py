from django.urls import path

from approvals.views import decide, mine, request
from erp.kernel import paths  # noqa: F401

app_name = "approvals"

urlpatterns = [
    path("approvals/", mine.mine, name="mine"),
    path("approvals/sent/", mine.sent, name="sent"),
    path("approvals/decide/", decide.decide_many, name="decide-many"),
    path("approvals/decide/<int:entry>/", decide.decide, name="decide"),
    path(
        "approvals/request/<str:subject>/<str:type>/<number:number>/",
        request.request_approval,
        name="request",
    ),
    path("approvals/<uuid:run>/", mine.run_page, name="run"),
    path("approvals/<uuid:run>/cancel/", request.cancel_request, name="cancel"),
    path("approvals/<uuid:run>/comment/", request.comment_on, name="comment"),
]
