"""The address book."""

from django.urls import include, path

from matricula.mail.views import provider_news
from matricula.roles.views import switcher
from matricula.web import design, views

urlpatterns = [
    path("", views.front, name="front"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("join/", include("matricula.joining.urls")),
    path("sso/", include("matricula.sso.urls")),
    path("console/", switcher.choose_organization, name="console"),
    path("console/", include("matricula.organizations.console_urls")),
    path("console/<slug:slug>/", include("matricula.programs.console_urls")),
    path("console/<slug:slug>/", include("matricula.reporting.console_urls")),
    path("console/<slug:slug>/", include("matricula.invitations.console_urls")),
    path("console/<slug:slug>/", include("matricula.bulk.console_urls")),
    path("console/<slug:slug>/", include("matricula.joining.console_urls")),
    path("console/<slug:slug>/", include("matricula.roles.console_urls")),
    path("console/<slug:slug>/", include("matricula.catalog.console_urls")),
    path("console/<slug:slug>/", include("matricula.credentials.console_urls")),
    path("console/<slug:slug>/", include("matricula.api.console_urls")),
    path("console/<slug:slug>/", include("matricula.sso.console_urls")),
    path("console/<slug:slug>/", include("matricula.leaving.console_urls")),
    path("learn/", include("matricula.learning.urls")),
    path("certificates/", include("matricula.credentials.urls")),
    path("account/roles/", include("matricula.roles.urls")),
    path("account/company-sign-ins/", include("matricula.sso.account_urls")),
    path("account/companies/", include("matricula.reporting.account_urls")),
    path("account/", include("matricula.leaving.urls")),
    path("account/", include("matricula.accounts.urls")),
    path("organizations/", include("matricula.organizations.urls")),
    path("api/", include("matricula.api.urls")),
    path("_design/", design.design, name="design"),
    path("_mail/", include("matricula.mail.urls")),
    path("_idp/", include("matricula.demo.urls")),
    path("_anymail/<str:provider>/tracking/", provider_news, name="provider-news"),
]
handler400 = "matricula.web.errors.bad_request"
handler403 = "matricula.web.errors.forbidden"
handler404 = "matricula.web.errors.not_found"
handler500 = "matricula.web.errors.broken"
