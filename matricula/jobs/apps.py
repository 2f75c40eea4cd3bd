from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "matricula.jobs"
    label = "jobs"

    def ready(self) -> None:
        from matricula.jobs import waiting  # noqa: F401 - tells readiness of the queue
