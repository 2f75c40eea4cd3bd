from django.urls import path

from matricula.organizations.views import console

app_name = "console"
urlpatterns = [
    path("", console.choose_organization, name="choose"),
    path("<slug:slug>/", console.console_home, name="home"),
    path("<slug:slug>/branding/", console.branding, name="branding"),
    path("<slug:slug>/branding/logo/", console.logo, name="logo"),
    path("<slug:slug>/branding/logo/removal/", console.logo_removal, name="logo-removal"),
    path("<slug:slug>/branding/logo/uploads/<str:logo_upload_id>/", console.logo_upload, name="logo-upload"),
    path("<slug:slug>/branding/sample/", console.brand_sample, name="sample"),
    path("<slug:slug>/branding/sample.css", console.sample_colours, name="sample-colours"),
]
