from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "matricula.programs"
    label = "programs"

    def ready(self) -> None:
        from matricula.programs import (  # noqa: F401 - the worker and the database know them
            departure,
            ending,
            letters,
            noticing,
            recounting,
            remembering,
        )
