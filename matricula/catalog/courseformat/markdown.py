"""Text of lessons as HTML; how deep and how long it may be is looked at before it is parsed.

A Markdown parser goes back and forth over what nests: `![` a quarter of a million times cost it fifteen
seconds. Each rule here looks at a line once. Code between fences is held to the same rules: whoever wanted to
get past them would only have to fence in a way that the parser takes for none.
"""

import re
from collections.abc import Callable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from matricula.catalog.courseformat.parts import FileLog

LONGEST = 200_000
"""Characters of a text; a book has some 500,000."""
MOST_BRACKETS = 32
"""Left open in a paragraph."""
MOST_QUOTES = MOST_LISTS = MOST_CALLOUTS = 8
MOST_COLUMNS = 40
DEEPEST = MOST_QUOTES + 2 * MOST_LISTS + MOST_CALLOUTS + 4
"""As the parser counts: two for a list and its item."""
QUOTES = re.compile(r"[ \t>]*")
MARKER = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]+|$)")
RULE = re.compile(r"[ \t>]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
"""A thematic break, `* * *`: no list, though it begins as three of them would."""
COLUMNS = re.compile(r"[ \t>|:-]+")
CALLOUT = re.compile(r"[ \t>]*:{3,}[ \t]*(\S?)")


def may_be_parsed(text: str, first_line: int, log: FileLog) -> bool:
    """False after a problem: the parser is spared the text."""
    if len(text) > LONGEST:
        log.add(
            first_line,
            f"Keep a text under {LONGEST // 1000} thousand characters: make several lessons of it.",
        )
        return False
    for line, message in too_deep(text):
        log.add(first_line + line, message)
        return False
    return True


def too_deep(text: str) -> Iterator[tuple[int, str]]:
    """Where the text nests too deep, with the line from 0, and what to do."""
    brackets = callouts = 0
    lists: list[int] = []
    for number, line in enumerate(text.split("\n")):
        brackets = max(0, brackets + line.count("[") - line.count("]")) if line.strip() else 0
        callouts = max(0, callouts + step_of_callout(line))
        lists = lists_after(line, lists)
        if brackets > MOST_BRACKETS:
            yield number, f"Close square brackets: over {MOST_BRACKETS} are open in this paragraph."
        if quotes_before(line) > MOST_QUOTES:
            yield number, f"Nest quotes at most {MOST_QUOTES} deep."
        if len(lists) > MOST_LISTS:
            yield number, f"Nest lists at most {MOST_LISTS} deep."
        if callouts > MOST_CALLOUTS:
            yield number, "Close blocks by a line `:::`; too many are open here."
        if line.count("|") > MOST_COLUMNS + 1 and COLUMNS.fullmatch(line):
            yield number, f"Make this table narrower: at most {MOST_COLUMNS} columns."


def step_of_callout(line: str) -> int:
    """1 where one begins, -1 where one ends."""
    found = CALLOUT.match(line)
    return 0 if found is None else 1 if found[1] else -1


def quotes_before(line: str) -> int:
    """Marks at the beginning of the line, also behind those of list items."""
    found = QUOTES.match(line)
    return found[0].count(">") if found else 0


def lists_after(line: str, lists: list[int]) -> list[int]:
    """The columns in which the items that are open after this line begin."""
    if not line.strip():
        return lists
    begins = re.match(r"[ \t>]*", line)
    at = begins.end() if begins else 0
    column = len(line[:at].expandtabs(4))
    kept = [one for one in lists if one < column]
    if RULE.fullmatch(line):
        return kept
    while found := MARKER.match(line, at):
        kept.append(column)
        at, column = found.end(), column + found.end() - found.start()
        if len(kept) > MOST_LISTS:
            break
    return kept


CALLOUTS = ("note", "tip", "warning")
OUTSIDE = re.compile(r"(?:https?://[^\s/]|mailto:[^\s/])", re.I)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
"""OUTSIDE is what a link may lead to; whatever else has a SCHEME (`javascript:`, `data:`, `//host`) is no
file of ours."""
TAGS = {"h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong",
        "hr", "br", "a", "img", "table", "thead", "tbody", "tr", "th", "td", "div"}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "div": {"class", "tabindex"},
    "p": {"class"},
    "th": {"scope"},
    "pre": {"tabindex"},
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


def draw_code(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


def is_callout(name: str) -> Callable[..., bool]:
    return lambda info, _markup: info.strip().partition(" ")[0] == name


def made_parser() -> MarkdownIt:
    # What nests deeper is left out without a word, so texts are asked before (`may_be_parsed`).
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    for name in CALLOUTS:
        parser.use(container_plugin, name=name, validate=is_callout(name), render=draw_callout)
    # What is wider than a phone scrolls by itself; keyboards reach it by the tab stop.
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, draw_code)
    parser.add_render_rule("table_open", lambda *_: '<div class="table-scroll" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


PARSER = made_parser()
