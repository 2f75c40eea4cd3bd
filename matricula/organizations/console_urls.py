from django.urls import path

from matricula.organizations.views import console, domains, retention

app_name = "console"
urlpatterns = [
    path("<slug:slug>/", console.console_home, name="home"),
    path("<slug:slug>/domains/", domains.domains, name="domains"),
    path("<slug:slug>/domains/<str:domain_id>/", domains.domain, name="domain"),
    path("<slug:slug>/domains/<str:domain_id>/check/", domains.domain_check, name="check-domain"),
    path("<slug:slug>/domains/<str:domain_id>/removal/", domains.domain_removal, name="remove-domain"),
    path("<slug:slug>/retention/", retention.retention, name="retention"),
    path("<slug:slug>/retention/<str:act>/", retention.retention_list, name="retention-list"),
    path("<slug:slug>/retention/<str:act>/list.csv", retention.retention_file, name="retention-file"),
    path("<slug:slug>/branding/", console.branding, name="branding"),
    path("<slug:slug>/branding/logo/", console.logo, name="logo"),
    path("<slug:slug>/branding/logo/removal/", console.logo_removal, name="logo-removal"),
    path("<slug:slug>/branding/logo/uploads/<str:logo_upload_id>/", console.logo_upload, name="logo-upload"),
    path("<slug:slug>/branding/signature/", console.logo, {"use": "signature"}, name="signature"),
    path(
        "<slug:slug>/branding/signature/removal/",
        console.logo_removal,
        {"use": "signature"},
        name="signature-removal",
    ),
    path("<slug:slug>/branding/sample/", console.brand_sample, name="sample"),
    path("<slug:slug>/branding/sample.css", console.sample_colours, name="sample-colours"),
]
