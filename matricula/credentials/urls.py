from django.urls import path

from matricula.credentials import pages

app_name = "credentials"
urlpatterns = [
    path("", pages.mine, name="mine"),
    path("<str:public_id>/", pages.certificate, name="certificate"),
    path("<str:public_id>/pdf/", pages.pdf, name="pdf"),
    path("<str:public_id>/brand.css", pages.brand, name="brand"),
    path("<str:public_id>/logo", pages.logo, name="logo"),
]
