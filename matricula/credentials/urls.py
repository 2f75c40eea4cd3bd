from django.urls import path

from matricula.credentials import pages

app_name = "credentials"
urlpatterns = [
    path("", pages.mine, name="mine"),
    path("<str:public_id>/", pages.certificate, name="certificate"),
    path("<str:public_id>/pdf/", pages.pdf, name="pdf"),
]
