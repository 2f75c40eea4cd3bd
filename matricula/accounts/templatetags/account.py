"""The tabs of a person's account: entries come from settings.ACCOUNT_PAGES, so no room names a higher one."""

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

register = template.Library()


@register.simple_tag
def account_pages() -> list[tuple[str, str | Promise]]:
    """Address and label of each."""
    return [(reverse(page["url"]), page["label"]) for page in settings.ACCOUNT_PAGES]


@register.simple_tag
def way_to_combining(back: str = "") -> str:
    """Where two accounts of one person become one, and from where it leads `back`; nothing where the site
    combines none."""
    if settings.COMBINING == "off":
        return ""
    address = reverse(settings.COMBINES_AT)
    return f"{address}?{urlencode({'next': back})}" if back else address


@register.simple_tag
def way_to_deleting() -> str:
    """Where the account is deleted, in a room above."""
    return reverse(settings.DELETES_AT)
