from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.mail.models import Letter


@pytest.mark.django_db
def test_readyz_tells_how_long_the_oldest_letter_has_waited(client):
    assert client.get("/readyz").json()["oldest letter waits seconds"] == 0
    Letter.objects.create(kind="nothing", to="ada@x.example", due_at=timezone.now() - timedelta(minutes=5))
    assert client.get("/readyz").json()["oldest letter waits seconds"] in (300, 301)
