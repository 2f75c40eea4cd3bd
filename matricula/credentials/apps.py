from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "matricula.credentials"
    label = "credentials"

    def ready(self) -> None:
        from matricula.credentials import issuing  # noqa: F401 - listens for completed courses
