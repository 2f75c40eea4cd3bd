"""Stored markup: an uploaded SVG is shown only when nothing in it runs, moves, fetches or explodes."""

import re
from contextlib import suppress
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matricula.web.svg import PictureRefused, read_svg

START = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
)
BOMB = "".join(f'<g id="g{n}">' + f'<use href="#g{n + 1}"/>' * 10 + "</g>" for n in range(30))
BOMB_BY_STYLE = (
    "<style>"
    + "".join(f".c{n}{{mask:url(#m{n + 1})}}" for n in range(30))
    + "</style>"
    + "".join(f'<mask id="m{n}">' + f'<path class="c{n}" d="M0 0"/>' * 10 + "</mask>" for n in range(31))
    + '<path class="c0" d="M0 0"/>'
)
BOMB_BY_SELECTOR = (
    "<style>"
    + "".join(f".z, #m{n} path{{mask:url(#m{n + 1})}}" for n in range(30))
    + "</style>"
    + "".join(f'<mask id="m{n}">' + '<path d="M0 0"/>' * 10 + "</mask>" for n in range(31))
)
ATTACKS = {
    "script": ("<script>alert(1)</script>", "a script"),
    "script in another case": ("<SCRIPT>alert(1)</SCRIPT>", "the element <SCRIPT>"),
    "script by reference": ('<script href="https://evil.example/x.js"/>', "a script"),
    "script of XHTML": ('<s:script xmlns:s="http://www.w3.org/1999/xhtml">x</s:script>', "a script"),
    "onload": ('<g onload="alert(1)"/>', "event handler “onload”"),
    "onclick in another case": ('<g onClick="alert(1)"/>', "event handler “onClick”"),
    "javascript link": ('<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>', "a link"),
    "javascript in use": ('<use xlink:href="javascript:alert(1)"/>', "leads out of the drawing"),
    "javascript with a tab": ('<use href="java&#9;script:alert(1)"/>', "leads out of the drawing"),
    "another file in use": ('<use href="https://evil.example/x.svg#a"/>', "leads out of the drawing"),
    "data in use": ('<use href="data:image/svg+xml;base64,PHN2Zz4=#a"/>', "leads out of the drawing"),
    "external image": ('<image href="https://evil.example/pixel.png"/>', "a picture within the drawing"),
    "image as data": ('<image href="data:image/png;base64,AAAA"/>', "a picture within the drawing"),
    "foreignObject": ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "foreign"),
    "XHTML": ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="//evil.example"/>', "the element <iframe>"),
    "animate to a link": ('<animate attributeName="href" to="javascript:alert(1)"/>', "an animation"),
    "set to a link": ('<set attributeName="href" to="javascript:alert(1)"/>', "an animation"),
    "handler": ('<handler type="application/ecmascript">x</handler>', "the element <handler>"),
    "fill from elsewhere": ('<path fill="url(https://evil.example/#a)"/>', "“url(…)”"),
    "fill with spaces": ('<path fill="  URL( //evil.example/a )"/>', "“URL(…)”"),
    "style url": ('<path style="fill:url(https://evil.example/#a)"/>', "“url(…)”"),
    "style background": ('<path style="background:url(#a)"/>', "the style “background”"),
    "style escape": ('<path style="fill:u\\72l(//evil.example)"/>', "is not allowed"),
    "style comment": ('<path style="fill:u/**/rl(//evil.example)"/>', "“url(…)”"),
    "style image-set": ("<path style=\"fill:image-set('//evil.example/a' 1x)\"/>", "“image-set(…)”"),
    "sheet import": ("<style>@import url(//evil.example/x.css);</style>", "more than plain rules"),
    "sheet font": (
        "<style>@font-face{font-family:a;src:url(//evil.example)}</style>",
        "more than plain rules",
    ),
    "sheet url": ("<style>path{fill:url(//evil.example)}</style>", "“url(…)”"),
    "sheet attribute selector": ("<style>[id^=a]{fill:red}</style>", "more than plain rules"),
    "filter": ('<filter id="f"><feImage href="//evil.example"/></filter>', "the element <filter>"),
    "endless dashes": ('<path stroke-dasharray=".00001"/>', "the attribute “stroke-dasharray”"),
    "base of another place": (
        '<g xml:base="https://evil.example/"><use href="https://x/"/></g>',
        "leads out",
    ),
    "itself": ('<g id="a"><use href="#a"/></g>', "refers to itself"),
    "round about": ('<mask id="a" mask="url(#b)"/><mask id="b" mask="url(#a)"/>', "refers to itself"),
    "billion laughs by use": (BOMB, "too much to draw"),
    "billion laughs by style": (BOMB_BY_STYLE, "too much to draw"),
    "billion laughs by half a selector": (BOMB_BY_SELECTOR, "refers to itself"),
    "layers": ('<g opacity=".5"><path d="M0 0"/></g>' * 300, "too much to draw"),
    "layers by style": ('<g style="mix-blend-mode:multiply"/>' * 300, "too much to draw"),
    "layers by sheet": ("<style>g{clip-path:url(#a)}</style>" + "<g/>" * 300, "too much to draw"),
    "layers in copies": (
        '<g id="a">' + '<path opacity=".5"/>' * 20 + "</g>" + '<use href="#a"/>' * 20,
        "too much to draw",
    ),
    "a book": ("<text>" + "Words " * 2000 + "</text>", "too much to draw"),
    "numbers beyond all": ('<path d="M-1e30 0L1e30 1e999"/>', "too large to draw"),
    "too deep": ("<g>" * 70 + "</g>" * 70, "nested more than"),
    "instruction": ("<?xml-stylesheet href='//evil.example/x.css'?>", "<?xml-stylesheet?>"),
    "broken": ("<g>", "broken"),
    "undeclared entity": ("<text>&xxe;</text>", "broken"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_stored_markup_what_is_unsafe_is_refused_with_what_and_where(name):
    inside, words = ATTACKS[name]
    with pytest.raises(PictureRefused) as refusal:
        read_svg(f"{START}\n{inside}\n</svg>".encode())
    assert words in str(refusal.value)
    assert re.search(r"Line \d+", str(refusal.value))


HEAVY = '<g id="b">' + '<use href="#c"/>' * 800 + '</g><g id="c">' + "<g/>" * 50 + "</g>"
CHAIN = "".join(f'<g id="a{n}">{"<g>" * 50}<use href="#a{n + 1}"/>{"</g>" * 51}' for n in range(55))
SLOW = {
    "a word in a sheet": "<style>" + "a" * 60_000 + "</style>",
    "comments that never end": "<style>" + "/*" * 120_000 + "</style>",
    "a word in an attribute": '<g fill="' + "a" * 60_000 + '"/>',
    "blanks in an attribute": '<g fill="' + "&#32;" * 50_000 + '"/>',
    "digits of a width": '<svg height="1" width="' + "1" * 12_000 + 'x"/>',
    "rules times elements": "<style>" + ".a{fill:url(#b)}" * 7_500 + "</style>" + "<g/>" * 30_000,
    "a heavy part a thousand times": HEAVY + '<use href="#b"/>' * 14_000,
    "a chain of nests": CHAIN,
}


@pytest.mark.parametrize("name", SLOW)
def test_import_bombs_no_drawing_keeps_the_server_busy(name):
    inside = SLOW[name]
    content = f"{START}{inside}</svg>"
    if inside.startswith("<svg"):
        content = inside.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
    began = process_time()
    with suppress(PictureRefused):
        read_svg(content.encode())
    assert process_time() - began < 2


@pytest.mark.parametrize(
    "subset",
    [
        "",
        '[<!ENTITY a "b">]',
        '[<!ENTITY xxe SYSTEM "file:///etc/passwd">]',
        '[<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]',
        '[<!ENTITY % p SYSTEM "https://evil.example/x.dtd">%p;]',
    ],
)
def test_entities_are_never_read(subset):
    with pytest.raises(PictureRefused, match=r"Line 1: a DOCTYPE is not allowed"):
        read_svg(f"<!DOCTYPE svg {subset}>{START}<text>&xxe;</text></svg>".encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "the element <html>"),
        (b"<svg viewBox='0 0 1 1'/>", "the element <svg>"),
        (b"<g xmlns='http://www.w3.org/2000/svg'/>", "no SVG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "how large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 0 9'/>", "how large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='1e99' height='9'/>", "too large to draw"),
        (START.encode() + b"<path d='" + b"M0 0" * 70_000 + b"'/></svg>", "larger than 256 kB"),
        (START.encode("utf-16") + "</svg>".encode("utf-16"), "not written in UTF-8"),
        (b"", "broken"),
    ],
)
def test_what_is_no_drawing_or_too_large_is_refused(content, words):
    with pytest.raises(PictureRefused, match=words):
        read_svg(content)


def test_what_drawing_programs_write_is_taken_and_their_private_notes_are_left_out():
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by hand -->
{START[:-1]} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.3"
 version="1.1">
<title>A &amp; B</title><metadata><secret/></metadata>
<inkscape:grid/><defs><linearGradient id="a"><stop offset="0" stop-color="rgb(1, 2, 3)"/></linearGradient>
<linearGradient id="b" xlink:href="#a" gradientTransform="rotate(45)"/>
<clipPath id="c"><path d="M0 0"/></clipPath></defs>
<style>.x, g > path {{ fill: url(#a); stroke-width: 2 }} /* end */</style>
<g inkscape:label="Layer" data-name="Layer" clip-path="url('#c')">
<path class="x" style="fill:#fff;opacity:.5" d="M0 0h9"/></g>
<use xlink:href="#c"/></svg>"""
    drawing = read_svg(content.encode())
    assert (drawing.width, drawing.height) == (9, 9)
    for gone in ("inkscape", "metadata", "secret", "data-name", "Made by hand", "version"):
        assert gone not in drawing.text
    for kept in ("A &amp; B", 'href="#a"', "url(#a)", "g &gt; path", "rotate(45)"):
        assert kept in drawing.text
    assert read_svg(drawing.text.encode()) == drawing


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=30))
def test_nothing_written_in_words_or_names_becomes_markup(words, name):
    tree = ElementTree.Element("{http://www.w3.org/2000/svg}svg", {"viewBox": "0 0 1 1", "id": name})
    tree.text = words
    try:
        drawing = read_svg(ElementTree.tostring(tree))
    except PictureRefused:
        return
    again = ElementTree.fromstring(drawing.text)
    assert list(again) == []
    assert set(again.attrib) == {"viewBox", "id"}
