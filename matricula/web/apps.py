from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

REGISTERING = ("triggers", "counters", "receivers", "letters", "jobs", "health", "retention", "bulk_acts")
"""Files that any room may have: what a decorator or a call in them registers is known to every process."""


class WebConfig(AppConfig):
    name = "matricula.web"

    def ready(self) -> None:
        autodiscover_modules(*REGISTERING)
