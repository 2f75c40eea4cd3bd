from django.urls import path

from matricula.sso.views import identities

app_name = "company-sign-ins"
urlpatterns = [
    path("", identities.mine, name="mine"),
    path("<str:identity_id>/end/", identities.my_ending, name="end"),
]
