from django.urls import path

from matricula.organizations import console

app_name = "console"
urlpatterns = [
    path("", console.choose, name="choose"),
    path("<slug:slug>/", console.home, name="home"),
]
