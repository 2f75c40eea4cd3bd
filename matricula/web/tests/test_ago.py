"""How long ago something was is one phrase, whole in every language."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from matricula.web.templatetags.web import ago


@pytest.mark.parametrize(
    ("since", "english", "german"),
    [
        (timedelta(seconds=5), "a few minutes ago", "vor ein paar Minuten"),
        (timedelta(minutes=10), "10 minutes ago", "vor 10 Minuten"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago", "vor 59 Minuten"),
        (timedelta(hours=1), "1 hour ago", "vor 1 Stunde"),
        (timedelta(hours=23, minutes=59), "23 hours ago", "vor 23 Stunden"),
        (timedelta(days=1), "1 day ago", "vor 1 Tag"),
        (timedelta(days=59), "59 days ago", "vor 59 Tagen"),
        (timedelta(days=60), "2 months ago", "vor 2 Monaten"),
        (timedelta(days=729), "24 months ago", "vor 24 Monaten"),
        (timedelta(days=730), "2 years ago", "vor 2 Jahren"),
    ],
)
def test_it_is_told_in_the_largest_whole_unit(since, english, german):
    moment = timezone.now() - since
    assert ago(moment) == english
    with translation.override("de"):
        assert ago(moment) == german
