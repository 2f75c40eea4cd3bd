"""What a text's letters say of how it is drawn."""

import re

KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
CASED = re.compile("[a-z]", re.IGNORECASE)


def han_language(text: str) -> str:
    """Whose form of an ideograph is meant (ISO 639-1): some are written otherwise in Japan and Korea."""
    if KANA.search(text):
        return "ja"
    return "ko" if HANGUL.search(text) else "zh"


def is_cased(text: str) -> bool:
    """Whether its letters may stand apart: those of Arabic, for one, hang together."""
    return CASED.search(text) is not None
