from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "matricula.jobs"
    label = "jobs"
