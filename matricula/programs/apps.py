from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "matricula.programs"
    label = "programs"
