"""XML that outsiders wrote, read strictly or refused, and the names of what we read in it.

Signatures of SAML have been forged, year after year, by what two readers of one document read differently. So
what could be read in two ways is refused before any parser sees it: in UTF-8, the bytes `<!` and `<?` begin
nothing else than what is refused here, for `<` stands for itself nowhere in well-formed XML.
"""

import re
from typing import Any

from lxml import etree

from matricula.sso.saml_errors import UnreadableXML

Element = Any
"""lxml tells no types: an element of a tree that this module has read."""

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
ENCRYPTION = "{http://www.w3.org/2001/04/xmlenc#}"
ENCRYPTION_11 = "{http://www.w3.org/2009/xmlenc11#}"

MARK = b"\xef\xbb\xbf"
"""Of byte order; in UTF-8 it means nothing, and Entra's metadata begin with it."""
LARGEST_MESSAGE = 256 * 1024
LARGEST_METADATA = 5 * 1024 * 1024
DEEPEST = 40

DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')"""
    rb"""(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?"""
    rb"""(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>""",
    re.IGNORECASE,
)
REFUSED_IN_MESSAGES = (
    (b"<!--", "xml_comment"),
    (b"<![CDATA[", "xml_cdata"),
    (b"<!", "xml_doctype"),
    (b"<?", "xml_instruction"),
)
REFUSED_IN_METADATA = ((b"<!DOCTYPE", "xml_doctype"), (b"<!ENTITY", "xml_doctype"))

BELOW_THE_DEEPEST = etree.XPath(f"boolean(/{'/'.join('*' * (DEEPEST + 1))})")
IDS = etree.XPath("//@*[translate(local-name(), 'ID', 'id') = 'id']")


def read_message(raw: bytes, *, largest: int = LARGEST_MESSAGE) -> Element:
    """The root of a protocol message or of an assertion: no comment, no instruction, no CDATA, every ID once.

    SAML 2.0 Core, 1.3.4 and 5.4. Raises UnreadableXML.
    """
    body = take_body(raw, largest)
    refuse_markup(body, REFUSED_IN_MESSAGES)
    root = parse_body(body)
    ids = IDS(root)
    if len(set(ids)) != len(ids):
        raise UnreadableXML("xml_duplicate_id")
    return root


def read_metadata(raw: bytes) -> Element:
    """The root of a metadata document (SAML 2.0 Metadata, 2.3), which may have comments: they are left out.

    An administrator brings it, perhaps pasted with white space around. No signature of it is believed, so
    nothing can be forged by a comment. Raises UnreadableXML.
    """
    body = take_body(raw.removeprefix(MARK).strip(), LARGEST_METADATA)
    refuse_markup(body, REFUSED_IN_METADATA)
    return parse_body(body, with_remarks=True)


def take_body(raw: bytes, largest: int) -> bytes:
    """What follows the XML declaration, if there is one (XML 1.0, 2.8)."""
    if len(raw) > largest:
        raise UnreadableXML("xml_size")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableXML("xml_encoding") from error
    body = raw.removeprefix(MARK)
    if not body.startswith(b"<?xml"):
        return body
    declaration = DECLARATION.match(body)
    if declaration is None:
        raise UnreadableXML("xml_declaration")
    return body[declaration.end() :]


def refuse_markup(body: bytes, refused: tuple[tuple[bytes, str], ...]) -> None:
    for markup, code in refused:
        if markup in body:
            raise UnreadableXML(code)


def parse_body(body: bytes, *, with_remarks: bool = False) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=with_remarks,
        remove_pis=with_remarks,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableXML("xml_malformed") from error
    if BELOW_THE_DEEPEST(root):
        raise UnreadableXML("xml_depth")
    if any(not isinstance(node.tag, str) for node in root.iter()):
        raise UnreadableXML("xml_malformed")
    return root


def read_text(element: Element | None) -> str:
    """The text of a value without white space around it; none where elements are within, or no value is."""
    if element is None or len(element):
        return ""
    return (element.text or "").strip(" \t\r\n")


def list_children(element: Element) -> list[str]:
    return [child.tag for child in element]
