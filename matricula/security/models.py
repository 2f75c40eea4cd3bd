from django.db import models


class Throttle(models.Model):
    """How often something was tried within a window of time."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField()
