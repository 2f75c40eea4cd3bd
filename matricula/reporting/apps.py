from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "matricula.reporting"
    label = "reporting"
