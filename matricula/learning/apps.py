from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "matricula.learning"
    label = "learning"

    def ready(self) -> None:
        from matricula.learning import remembering  # noqa: F401 - tells the database what to keep
