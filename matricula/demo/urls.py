from django.urls import path

from matricula.demo import views

app_name = "demonstration"
urlpatterns = [
    path("", views.way_in, name="way-in"),
    path(".well-known/openid-configuration", views.discovery, name="discovery"),
    path("authorize/", views.authorize, name="authorize"),
    path("token/", views.token, name="token"),
    path("keys/", views.keys, name="keys"),
]
