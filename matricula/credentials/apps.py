from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "matricula.credentials"
    label = "credentials"

    def ready(self) -> None:
        from matricula.credentials import issuing, keeping  # noqa: F401 - listens; the worker performs its jobs
