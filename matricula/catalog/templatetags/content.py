"""What the console's pages about content need to draw."""

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def with_code(words: str) -> SafeString:
    """`{{ problem.message|with_code }}`: what stands between backticks is set as code."""
    pieces = enumerate(re.split(r"`([^`]+)`", words))
    opened, closed = mark_safe("<code>"), mark_safe("</code>")
    return format_html_join(
        "", "{}{}{}", ((opened, piece, closed) if place % 2 else ("", piece, "") for place, piece in pieces)
    )
