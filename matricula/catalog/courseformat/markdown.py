"""Course text as HTML that is safe to show: CommonMark, tables and named blocks, sanitised twice.

The tokens lose what courses may not hold (HTML, foreign images, unknown addresses); what is rendered from
them then passes a strict allow list, so that a fault in the first step is not a hole.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from matricula.catalog.courseformat.references import is_address

BLOCKS = ("note", "tip", "important", "warning", "example")
OUTSIDE = re.compile(r"(?:https?://[^\s/]|mailto:[^\s/])", re.I)
REL = "noopener noreferrer nofollow"
TAGS = """
    h2 h3 h4 h5 h6 p ul ol li blockquote pre code em strong s br hr a img table thead tbody tr th td div
"""
ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "code": {"class"},
    "div": {"class", "tabindex"},
    "p": {"class"},
    "th": {"class", "scope"},
    "td": {"class"},
}
CLASSES = {
    "div": re.compile(rf"admonition (?:{'|'.join(BLOCKS)})|table-scroll"),
    "p": re.compile(r"admonition-title"),
    "code": re.compile(r"language-[A-Za-z0-9+#-]{1,30}"),
    "th": re.compile(r"align-(?:left|center|right)"),
    "td": re.compile(r"align-(?:left|center|right)"),
}

Url = Callable[[str], str | None]


def _no_lessons(_: str) -> None:
    return None


def render_markdown(text: str, media_url: Url, lesson_url: Url = _no_lessons) -> str:
    """HTML of `text`, its headings beginning with h2.

    `media_url` is given each relative address of an image or file as the author wrote it (decoded) and
    answers with the address to use; `lesson_url` the same for links to other lessons (`*.md`). An answer
    of None or "" leaves the words and drops the link or image.
    """
    tokens = parse(text)
    _shift_headings(tokens)
    for token in tokens:
        _class_for_alignment(token)
        if token.type == "inline" and token.children:
            token.children = list(_addressed(token.children, media_url, lesson_url))
    html: str = PARSER.renderer.render(tokens, PARSER.options, {})
    return _clean(html)


def parse(text: str) -> list[Token]:
    """The tokens of a course text; each block knows its lines."""
    return PARSER.parse(text)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS.split()),
        attributes=ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return value if tag in CLASSES and CLASSES[tag].fullmatch(value) else None
    if attribute == "tabindex":
        return value if value == "0" else None
    return value


def _shift_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=2)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 2)}"


def _class_for_alignment(token: Token) -> None:
    """Alignment as a class: the site's content security policy forbids style attributes."""
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrSet("class", "align-" + style.removeprefix("text-align:"))
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _addressed(children: list[Token], media_url: Url, lesson_url: Url) -> Iterator[Token]:
    dropped: list[bool] = []
    for token in children:
        if token.type == "image":
            yield _image(token, media_url)
        elif token.type == "link_open":
            href = _link_address(str(token.attrs.get("href", "")), media_url, lesson_url)
            dropped.append(not href)
            if href:
                token.attrs = {"href": href, **({"rel": REL} if OUTSIDE.match(href) else {})}
                yield token
        elif token.type == "link_close":
            if not dropped.pop():
                yield token
        else:
            yield token


def _link_address(href: str, media_url: Url, lesson_url: Url) -> str | None:
    if OUTSIDE.match(href):
        return href
    if is_address(href) or href.startswith(("#", "/", "?")):
        return None
    path = unquote(href)
    is_lesson = path.partition("#")[0].lower().endswith(".md")
    return lesson_url(path) if is_lesson else media_url(path)


def _image(token: Token, media_url: Url) -> Token:
    src = str(token.attrs.get("src", ""))
    outside = is_address(src) or src.startswith(("/", "#", "?"))
    address = None if outside else media_url(unquote(src))
    if address:
        token.attrs["src"] = address
        token.attrs["loading"] = "lazy"
        return token
    return Token("text", "", 0, content=token.content)


def _render_block(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    token = tokens[index]
    if token.nesting != 1:
        return "</div>\n"
    name, _sep, title = token.info.strip().partition(" ")
    words = nh3.clean_text(title.strip()) if title.strip() else name.capitalize()
    return f'<div class="admonition {name}">\n<p class="admonition-title">{words}</p>\n'


def _is_block(name: str) -> Callable[..., bool]:
    return lambda info, _markup: info.strip().partition(" ")[0] == name


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in BLOCKS:
        parser.use(container_plugin, name=name, validate=_is_block(name), render=_render_block)
    # A table wider than a phone scrolls by itself; keyboards reach it by the tab stop.
    parser.add_render_rule("table_open", lambda *_: '<div class="table-scroll" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


PARSER = _parser()
