from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "matricula.audit"
    label = "audit"
