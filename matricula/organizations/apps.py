from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "matricula.organizations"
    label = "organizations"
