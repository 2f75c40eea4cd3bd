"""The offer of a role, on its way to the person."""

from django.urls import path

from matricula.programs import pages

app_name = "roles"
urlpatterns = [
    path("", pages.offer, name="offer"),
    path("account/", pages.account, name="account"),
    path("letter/", pages.letter, name="letter"),
    path("code/", pages.code, name="code"),
    path("acceptance/", pages.acceptance, name="acceptance"),
    path("<str:secret>/", pages.link, name="link"),
]
