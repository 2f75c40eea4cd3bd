from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "matricula.joining"
    label = "joining"

    def ready(self) -> None:
        from matricula.accounts import confirming, resetting  # noqa: F401 - register their letters
        from matricula.joining import (  # noqa: F401 - listen for news, and keep lists and numbers true
            arriving,
            asking,
            finding_letters,
            indexing,
            jobs,
            lapsing,
            letters,
            remembering,
            reminding,
            settlement,
            writing_again,
        )
