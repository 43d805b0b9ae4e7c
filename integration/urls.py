"""Addresses of integration: webhooks under Set-up, and what clients of Business Central ask beside v2.0."""

from django.urls import path

from integration.api.supported import WebhookSupportedResources
from integration.views import webhooks

app_name = "integration"

urlpatterns = [
    path("setup/webhooks/", webhooks.subscription_list, name="webhooks"),
    path("setup/webhooks/notices/<uuid:uuid>/", webhooks.notice_page, name="webhook-notice"),
    path("setup/webhooks/notices/<uuid:uuid>/again/", webhooks.notice_replay, name="webhook-notice-again"),
    path("setup/webhooks/<slug:subscription_id>/", webhooks.subscription_page, name="webhook"),
    path("setup/webhooks/<slug:subscription_id>/end/", webhooks.subscription_end, name="webhook-end"),
    path(
        "setup/webhooks/<slug:subscription_id>/resume/", webhooks.subscription_resume, name="webhook-resume"
    ),
    path("setup/webhooks/<slug:subscription_id>/again/", webhooks.subscription_replay, name="webhook-again"),
    path(
        "api/microsoft/runtime/beta/companies(<uuid:company>)/webhookSupportedResources",
        WebhookSupportedResources.as_view(),
        name="webhook-supported-resources",
    ),
]
