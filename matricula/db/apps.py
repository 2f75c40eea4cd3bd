from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DbConfig(AppConfig):
    name = "matricula.db"

    def ready(self) -> None:
        from matricula.db import queries  # noqa: F401 - its lookup is known by name
        from matricula.db.search import install_indexes
        from matricula.db.timestamps import read_timestamps_quickly
        from matricula.db.triggers import drop_triggers_of_migrated, install_triggers

        pre_migrate.connect(drop_triggers_of_migrated, sender=self)
        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(install_indexes, sender=self)
        read_timestamps_quickly()
