from django.urls import path

from matricula.organizations.views import brand

app_name = "organizations"
urlpatterns = [
    path("<slug:slug>/brand.css", brand.brand, name="brand"),
    path("<slug:slug>/logos/<str:name>", brand.logo, name="logo"),
]
