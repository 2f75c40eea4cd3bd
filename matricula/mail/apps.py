from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "matricula.mail"
    label = "mail"
