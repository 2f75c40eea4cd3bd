from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "matricula.learning"
    label = "learning"
