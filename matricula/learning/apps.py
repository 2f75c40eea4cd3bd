from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "matricula.learning"
    label = "learning"

    def ready(self) -> None:
        from matricula.learning import jobs, recounting, remembering  # noqa: F401 - the worker and the database know them
