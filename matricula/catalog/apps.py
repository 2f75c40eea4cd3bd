from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "matricula.catalog"
    label = "catalog"

    def ready(self) -> None:
        from matricula.catalog import uploading  # noqa: F401 - the worker performs its jobs
