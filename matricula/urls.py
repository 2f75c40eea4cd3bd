"""The address book."""

from django.urls import include, path

from matricula.mail.pages import provider_news
from matricula.web import design, pages

urlpatterns = [
    path("", pages.front, name="front"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("join/", include("matricula.joining.urls")),
    path("console/", include("matricula.organizations.console_urls")),
    path("console/<slug:slug>/", include("matricula.reporting.console_urls")),
    path("console/<slug:slug>/", include("matricula.joining.console_urls")),
    path("console/<slug:slug>/", include("matricula.programs.console_urls")),
    path("console/<slug:slug>/", include("matricula.catalog.console_urls")),
    path("console/<slug:slug>/", include("matricula.api.console_urls")),
    path("learn/", include("matricula.learning.urls")),
    path("certificates/", include("matricula.credentials.urls")),
    path("account/roles/", include("matricula.programs.urls")),
    path("account/", include("matricula.accounts.urls")),
    path("organizations/", include("matricula.organizations.urls")),
    path("api/", include("matricula.api.urls")),
    path("_design/", design.design, name="design"),
    path("_mail/", include("matricula.mail.urls")),
    path("_anymail/<str:provider>/tracking/", provider_news, name="provider-news"),
]
handler400 = "matricula.web.errors.bad_request"
handler403 = "matricula.web.errors.forbidden"
handler404 = "matricula.web.errors.not_found"
handler500 = "matricula.web.errors.broken"
