"""The tabs of a person's account: entries come from settings.ACCOUNT_PAGES, so no room names a higher one."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

register = template.Library()


@register.simple_tag
def account_pages() -> list[tuple[str, str | Promise]]:
    """Address and label of each."""
    return [(reverse(page["url"]), page["label"]) for page in settings.ACCOUNT_PAGES]
