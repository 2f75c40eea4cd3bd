from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "matricula.audit"
    label = "audit"

    def ready(self) -> None:
        from matricula.audit import guarding  # noqa: F401 - tells the database what to refuse
