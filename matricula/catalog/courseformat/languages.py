"""Language tags (BCP 47, RFC 5646): language, then perhaps script and region."""

import re

TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
# ISO 639-1, so that “uk” for Britain passes as Ukrainian but “ge” for German does not pass.
TWO_LETTERS = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
    lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
    rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
    tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""


def language_tag(text: str) -> str | None:
    """The tag in its usual letter case (RFC 5646, section 2.1.1), or None if it is no language tag."""
    match = TAG.fullmatch(text)
    if match is None:
        return None
    language, script, region = match.groups()
    if len(language) == 2 and language.lower() not in TWO_LETTERS.split():
        return None
    parts = [language.lower(), script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part)
