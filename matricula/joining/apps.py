from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "matricula.joining"
    label = "joining"
