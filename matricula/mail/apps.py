from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "matricula.mail"
    label = "mail"

    def ready(self) -> None:
        from matricula.mail import waiting  # noqa: F401 - tells readiness of the queue
