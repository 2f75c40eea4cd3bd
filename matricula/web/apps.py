from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "matricula.web"
    label = "web"
