from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "matricula.accounts"
    label = "accounts"
