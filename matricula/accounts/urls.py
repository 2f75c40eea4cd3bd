from django.urls import path

from matricula.accounts import pages

app_name = "accounts"
urlpatterns = [
    path("", pages.home, name="home"),
    path("log-in/", pages.sign_in, name="sign-in"),
    path("log-out/", pages.sign_out, name="sign-out"),
    path("sessions/end/", pages.end_sessions, name="end-sessions"),
    path("forgotten/", pages.forgotten, name="forgotten"),
    path("reset/<str:secret>/", pages.reset, name="reset"),
    path("confirm/<str:secret>/", pages.confirm, name="confirm"),
]
