"""What templates need to draw: icons, drawings, cover art, a ring, initials, durations."""

import re
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.web.covers import cover_art, tone_of
from matricula.web.static_files import style_files
from matricula.web.table_rows import MARK, Row, fill

ICONS = Path(__file__).resolve().parent.parent / "icons"
TURNING = {
    "arrow-left",
    "arrow-right",
    "chevron-left",
    "chevron-right",
    "log-in",
    "log-out",
    "send",
    "external-link",
}
register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "mail" %}`: a file of web/icons, drawn in the text's colour and silent to screen readers."""
    return draw_icon(name)


@cache
def draw_icon(name: str) -> SafeString:
    shapes = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", (ICONS / f"{name}.svg").read_text(), flags=re.DOTALL)
    turns = " icon-turns" if name in TURNING else ""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        turns,
        mark_safe(" ".join(shapes.split())),
    )


@register.simple_tag
def stylesheets() -> SafeString:
    """Links to the stylesheets: their parts in development, one file in production."""
    links = [format_html('<link rel="stylesheet" href="{}">', static(name)) for name in style_files()]
    return mark_safe("\n  ".join(links))


RIGHT_TO_LEFT = {
    "ar",
    "arc",
    "ckb",
    "dv",
    "fa",
    "he",
    "ks",
    "nqo",
    "prs",
    "ps",
    "sd",
    "syr",
    "ug",
    "ur",
    "yi",
}
RIGHT_TO_LEFT_SCRIPTS = {"arab", "hebr", "nkoo", "syrc", "thaa"}


@register.simple_tag
def written_in(language: str) -> SafeString:
    """`<h1{% written_in course.language %}>`: the attributes of what is written in the language of a course
    (BCP 47), whatever language the page speaks. Nothing where it is not known.
    """
    if not language:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction_of(language))


def direction_of(language: str) -> str:
    """Of the script that the tag names, else of the one that the language is mostly written in."""
    first, *rest = language.lower().split("-")
    scripts = [one for one in rest if len(one) == 4 and one.isalpha()]
    turned = scripts[0] in RIGHT_TO_LEFT_SCRIPTS if scripts else first in RIGHT_TO_LEFT
    return "rtl" if turned else "ltr"


@register.simple_tag
def drawing(name: str) -> SafeString:
    """`{% drawing "door" %}`: a small picture for an empty page: door, letter, search, seal, people."""
    return mark_safe(get_template(f"web/drawings/{name}.html").render())


@register.simple_tag
def cover(seed: object) -> SafeString:
    """`{% cover course.public_id %}`: the same picture for the same seed, for ever."""
    return cover_art(str(seed))


@register.simple_tag
@lru_cache(maxsize=4096)
def avatar(name: str, size: str = "") -> SafeString:
    """`{% avatar account.full_name %}`: initials in a circle; the name itself stands beside it."""
    return format_html(
        '<span class="avatar {}" data-tone="{}" aria-hidden="true">{}</span>',
        size,
        tone_of(name),
        initials(name),
    )


def initials(name: str) -> str:
    words = [word for word in re.split(r"[\s@._-]+", name) if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.inclusion_tag("web/components/ring.html")
def ring(done: int, whole: int = 100, label: str = "", size: str = "") -> dict[str, object]:
    """`{% ring 3 8 "Lessons done" %}`: a progress ring with its percentage in words."""
    return {"percent": percent(done, whole), "label": label or _("Progress"), "size": size}


@register.filter
def of(done: int, whole: int) -> int:
    """`{{ done|of:whole }}`: percent, 0 to 100, rounded down so that 100 means all."""
    return percent(done, whole)


def percent(done: int, whole: int) -> int:
    return min(100, max(0, 100 * done // whole)) if whole else 0


@register.filter
def duration(minutes: int) -> str:
    """`{{ course.minutes|duration }}`: 45 min, 2 h, 2 h 30 min."""
    hours, rest = divmod(int(minutes or 0), 60)
    parts = [_("%d h") % hours] if hours else []
    return " ".join([*parts, _("%d min") % rest] if rest or not hours else parts)


@register.filter
def number(value: int) -> str:
    """`{{ file.lines|number }}`: a million is 1,000,000 in English, 1.000.000 in German."""
    return number_format(value, force_grouping=True)


@register.filter
def ago(moment: datetime) -> str:
    """`{{ session.seen_at|ago }}`: a few minutes ago, 3 hours ago, 20 days ago. Whole, because “3 days” alone
    has another ending than in “vor 3 Tagen”.
    """
    since = timezone.now() - moment
    minutes, days = since // timedelta(minutes=1), since // timedelta(days=1)
    if minutes < 10:
        return _("a few minutes ago")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    if days < 60:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if days < 730:
        return ngettext("%(n)d month ago", "%(n)d months ago", days // 30) % {"n": days // 30}
    return ngettext("%(n)d year ago", "%(n)d years ago", days // 365) % {"n": days // 365}


class RepeatNode(template.Node):
    def __init__(self, rows: Any, name: str, nodes: template.NodeList) -> None:
        self.rows, self.name, self.nodes = rows, name, nodes

    def render(self, context: template.Context) -> SafeString:
        rows: list[Row] = self.rows.resolve(context)
        drawn: dict[object, list[str]] = {}
        for one in rows:
            if one.shape not in drawn:
                with context.push(**{self.name: one.placeholders}):
                    drawn[one.shape] = self.nodes.render(context).split(MARK)
        return mark_safe("".join(piece for one in rows for piece in fill(drawn[one.shape], one.values)))


@register.tag
def repeat(parser: template.base.Parser, token: template.base.Token) -> RepeatNode:
    """`{% repeat rows as one %}…{{ one.name }}…{% endrepeat %}`: for rows made by `web/table_rows.py`.

    Drawn once for each shape: ask for values only to show them; what decides something belongs to the shape.
    """
    _tag, rows, _as, name = token.split_contents()
    nodes = parser.parse(("endrepeat",))
    parser.delete_first_token()
    return RepeatNode(parser.compile_filter(rows), name, nodes)
