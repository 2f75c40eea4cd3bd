"""The offer of a role, on its way to the person."""

from django.urls import path

from matricula.roles.views import appointment

app_name = "roles"
urlpatterns = [
    path("", appointment.offer, name="offer"),
    path("account/", appointment.account, name="account"),
    path("letter/", appointment.letter, name="letter"),
    path("code/", appointment.code, name="code"),
    path("acceptance/", appointment.acceptance, name="acceptance"),
    path("<str:secret>/", appointment.link, name="link"),
]
