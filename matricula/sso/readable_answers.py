"""Answers as they came, for whoever sets a connection up to read and copy, without what could be used again.

Without its signature an answer opens nothing anywhere; codes and access tokens are never kept.
"""

import json
import re
from base64 import urlsafe_b64decode

LONGEST = 64 * 1024
"""Characters that are kept of one."""
CUT = "…"
CUT_IN_XML = re.compile(r"(<(?:[\w.-]+:)?(?:SignatureValue|CipherValue)\b[^<>]*>)[^<]*")


def readable_xml(raw: bytes) -> str:
    """The XML that a SAML provider posted, well-formed or not, without values of signatures and ciphers."""
    return keepable(CUT_IN_XML.sub(rf"\1{CUT}", raw.decode("utf-8", "replace")))


def readable_token(token: str) -> str:
    """Header and claims of an ID token (RFC 7515, 7.1) as JSON, believed or not, without the signature."""
    parts = token.split(".")
    names = ["header", "claims", "signature"]
    shown = {name: readable_part(part) for name, part in zip(names[:2], parts[:2], strict=False)}
    return keepable(json.dumps({**shown, names[2]: CUT}, ensure_ascii=False, indent=2))


def readable_part(part: str) -> object:
    try:
        return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return CUT


def keepable(text: str) -> str:
    """What a database keeps, and not more than LONGEST."""
    plain = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + CUT
