from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "matricula.credentials"
    label = "credentials"
