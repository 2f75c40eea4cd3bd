"""Course text as HTML that is safe to show: CommonMark, tables and callouts.

The tokens lose what courses may not hold (HTML, foreign images); what is rendered then passes an allow list,
so that a fault in the first step is not a hole.
"""

import re
from collections.abc import Callable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from matricula.catalog.courseformat.nesting import DEEPEST

CALLOUTS = ("note", "tip", "warning")
OUTSIDE = re.compile(r"(?:https?://[^\s/]|mailto:[^\s/])", re.I)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
TAGS = {"h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong",
        "hr", "br", "a", "img", "table", "thead", "tbody", "tr", "th", "td", "div"}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "div": {"class", "tabindex"},
    "p": {"class"},
    "th": {"scope"},
}
CLASSES = {"table-scroll", "callout-title", *(f"callout {name}" for name in CALLOUTS)}
Address = Callable[[str], str | None]


def nowhere(_: str) -> None:
    return None


def render_markdown(text: str, address: Address = nowhere) -> str:
    """HTML of `text`, its headings beginning with h2.

    `address` is given each relative reference as the author wrote it and answers with the address to use;
    None leaves the words and drops the link or image.
    """
    return render_tokens(parse_markdown(text), address)


def parse_markdown(text: str) -> list[Token]:
    return PARSER.parse(text)


def render_tokens(tokens: list[Token], address: Address) -> str:
    """HTML of what was parsed; the tokens are used up by it."""
    shift_headings(tokens)
    for token in tokens:
        token.attrs.pop("style", None)
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.children:
            token.children = list(addressed(token.children, address))
    return nh3.clean(
        PARSER.renderer.render(tokens, PARSER.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=allowed_value,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style"},
    )


def references(tokens: list[Token], first_line: int) -> Iterator[tuple[Token, int]]:
    """The images, link ends and words of a text with their lines, as near as Markdown tells."""
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            line += child.type in {"softbreak", "hardbreak"}
            yield child, line


def allowed_value(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "class" or value in CLASSES else None


def shift_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=2)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 2)}"


def addressed(children: list[Token], address: Address) -> Iterator[Token]:
    kept: list[bool] = []
    for token in children:
        if token.type == "link_open":
            href = linked(str(token.attrs.get("href", "")), address)
            kept.append(bool(href))
            token.attrs = {"href": href or ""}
        if token.type == "image":
            yield pictured(token, address)
        elif token.type not in {"link_open", "link_close"} or kept[-1]:
            yield token
        if token.type == "link_close":
            kept.pop()


def linked(href: str, address: Address) -> str | None:
    if OUTSIDE.match(href):
        return href
    return None if SCHEME.match(href) else address(href)


def pictured(token: Token, address: Address) -> Token:
    src = str(token.attrs.get("src", ""))
    found = None if SCHEME.match(src) else address(src)
    if found is None:
        return Token("text", "", 0, content=token.content)
    token.attrs = {"src": found, "alt": "", "loading": "lazy"}
    return token


def draw_callout(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    if tokens[index].nesting != 1:
        return "</div>\n"
    name, _space, title = tokens[index].info.strip().partition(" ")
    heading = f'<p class="callout-title">{nh3.clean_text(title.strip())}</p>' if title.strip() else ""
    return f'<div class="callout {name}">{heading}\n'


def is_callout(name: str) -> Callable[..., bool]:
    return lambda info, _markup: info.strip().partition(" ")[0] == name


def made_parser() -> MarkdownIt:
    # What nests deeper is left out without a word, so texts are asked before (`nesting.py`).
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    for name in CALLOUTS:
        parser.use(container_plugin, name=name, validate=is_callout(name), render=draw_callout)
    # A table wider than a phone scrolls by itself; keyboards reach it by the tab stop.
    parser.add_render_rule("table_open", lambda *_: '<div class="table-scroll" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


PARSER = made_parser()
