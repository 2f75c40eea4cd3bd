"""The console's navigation: entries come from settings.CONSOLE_PAGES, so no room names a higher one."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from matricula.organizations.access import MAY
from matricula.organizations.models import Role

register = template.Library()


@register.inclusion_tag("organizations/console/navigation.html", takes_context=True)
def console_navigation(context: dict[str, Any]) -> dict[str, object]:
    """`{% console_navigation %}`: what the acting role may open; the page one is in, or below, is marked."""
    request = context["request"]
    role: Role = request.role
    slug = role.organization.slug
    entries = [
        {**page, "href": reverse(page["url"], args=[slug])}
        for page in settings.CONSOLE_PAGES
        if role.kind in MAY[page["rule"]]
    ]
    here = max((one["href"] for one in entries if request.path.startswith(one["href"])), key=len, default="")
    several = Role.objects.filter(account=role.account_id).exclude(pk=role.pk).exists()
    return {"entries": entries, "here": here, "several": several, "organization": role.organization}


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], rule: str) -> bool:
    """`{% may "administering" as administers %}`: whether to show a button at all."""
    return context["request"].role.kind in MAY[rule]
