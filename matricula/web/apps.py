from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class WebConfig(AppConfig):
    name = "matricula.web"
    label = "web"

    def ready(self) -> None:
        import matricula.web.finding  # noqa: F401 - its lookup is known by name
        from matricula.web.moments import read_moments_quickly
        from matricula.web.searching import install_indexes
        from matricula.web.triggers import install, make_way

        pre_migrate.connect(make_way, sender=self)
        post_migrate.connect(install, sender=self)
        post_migrate.connect(install_indexes, sender=self)
        read_moments_quickly()
