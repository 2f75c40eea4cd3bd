from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "matricula.programs"
    label = "programs"

    def ready(self) -> None:
        from matricula.programs import ending, letters, noticing  # noqa: F401 - the worker knows them
