from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "matricula.accounts"
    label = "accounts"

    def ready(self) -> None:
        from matricula.accounts import mailboxes  # noqa: F401 - the worker knows it
