from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "matricula.organizations"
    label = "organizations"

    def ready(self) -> None:
        from matricula.organizations import branding  # noqa: F401 - the worker performs its jobs
