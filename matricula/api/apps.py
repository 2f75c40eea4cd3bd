from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "matricula.api"
    label = "api"
