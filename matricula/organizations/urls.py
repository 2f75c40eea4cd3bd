from django.urls import path

from matricula.organizations import pages

app_name = "organizations"
urlpatterns = [
    path("<slug:slug>/brand.css", pages.brand, name="brand"),
    path("<slug:slug>/logos/<str:name>", pages.logo, name="logo"),
]
