"""Cover art: rows of arches, doors and discs, laid out by the digest of a seed."""

from functools import lru_cache
from hashlib import sha256

from django.utils.safestring import SafeString, mark_safe

COLUMNS, ROWS, SIDE = 6, 3, 60
TONES = 6
TILES = (
    "M0 0h60v60H0z",
    "M0 60V30a30 30 0 0 1 60 0v30z",
    "M0 0v30a30 30 0 0 0 60 0V0z",
    "M0 0a60 60 0 0 1 60 60H0z",
    "M60 0A60 60 0 0 0 0 60h60z",
    "M0 0h60A60 60 0 0 1 0 60z",
    "M0 0h60v60A60 60 0 0 1 0 0z",
    "M30 4a26 26 0 1 1 0 52a26 26 0 0 1 0-52z",
    "M0 0a60 60 0 0 1 60 60A60 60 0 0 1 0 0z",
    "M60 0A60 60 0 0 1 0 60A60 60 0 0 1 60 0z",
)
"""Each fills a square of 60 units."""


def tone_of(seed: str) -> int:
    """One of the six tones of learning.css, always the same for the same seed."""
    return sha256(seed.encode()).digest()[0] % TONES


@lru_cache(maxsize=2048)
def cover_art(seed: str) -> SafeString:
    """A silent SVG, coloured by the stylesheet."""
    digest = sha256(seed.encode()).digest() + sha256(b"more" + seed.encode()).digest()
    tiles = "".join(tile(place, digest[place + 1]) for place in range(COLUMNS * ROWS))
    box = f'viewBox="0 0 {COLUMNS * SIDE} {ROWS * SIDE}" preserveAspectRatio="xMidYMid slice"'
    return mark_safe(
        f'<svg class="cover" data-tone="{tone_of(seed)}" {box} aria-hidden="true" focusable="false">'
        f'<path class="cover-0" d="M0 0h360v180H0z"/>{tiles}</svg>'
    )


def tile(place: int, byte: int) -> str:
    """A ground and a shape on it; a third of the places stay calm."""
    if byte % 3 == 0:
        return ""
    row, column = divmod(place, COLUMNS)
    shape = TILES[(byte // 4) % len(TILES)]
    x, y, shade = column * SIDE, row * SIDE, 1 + (byte // 40) % 3
    ground = f'<path class="cover-{1 + shade % 3}" d="M0 0h60v60H0z"/>' if byte % 5 == 0 else ""
    return f'<g transform="translate({x} {y})">{ground}<path class="cover-{shade}" d="{shape}"/></g>'
