"""The console's navigation: entries come from settings.CONSOLE_PAGES, so no room names a higher one."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from matricula.accounts.sign_in import is_company_only
from matricula.organizations.access import MAY
from matricula.organizations.models import Role

register = template.Library()


@register.inclusion_tag("organizations/console/navigation.html", takes_context=True)
def console_navigation(context: dict[str, Any]) -> dict[str, object]:
    """`{% console_navigation %}`: what the acting role may open, under the headings of the settings' `part`.

    The page one is in, or below, is marked.
    """
    role: Role = context["request"].role
    path, entries, part = context["request"].path, [], ""
    for page in settings.CONSOLE_PAGES:
        part = page.get("part", part)
        if role.kind in MAY[page["rule"]]:
            href = reverse(page["url"], args=[role.organization.slug])
            entries.append({**page, "part": part, "href": href, "number": number_of(page, role)})
    inside = [one for one in entries if path.startswith(one["href"])]
    others = Role.objects.filter(account=role.account_id).exclude(pk=role.pk)
    in_person = not is_company_only(context["request"])
    return {
        "parts": [(part, list(some)) for part, some in groupby(entries, key=itemgetter("part"))],
        "here": max(inside, key=lambda one: len(one["href"]), default=None),
        "several": in_person and others.exists(),
    }


def number_of(page: dict[str, Any], role: Role) -> str:
    """What waits there, said by the function that the settings name; most pages have none."""
    return str(import_string(page["number"])(role.organization)) if "number" in page else ""


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], rule: str) -> bool:
    """`{% may "administering" as administers %}`: whether to show a button at all."""
    return context["request"].role.kind in MAY[rule]
