from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "matricula.mail"
    label = "mail"

    def ready(self) -> None:
        from matricula.mail import bouncing, hearing, waiting  # noqa: F401 - read, listen, tell readiness
