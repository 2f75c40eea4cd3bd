from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "matricula.joining"
    label = "joining"

    def ready(self) -> None:
        from matricula.accounts import confirming  # noqa: F401 - registers its letters
        from matricula.joining import arriving, inviting  # noqa: F401 - listen for news
