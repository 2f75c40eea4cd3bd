"""Brand colours that can always be read: at least 4.5:1, whatever was chosen (WCAG 2.2, 1.4.3).

Colours are `#rrggbb`. Lightness is moved in OKLCH (CSS Color 4, section 9), so the hue survives.
"""

import math
import re
from dataclasses import asdict, dataclass
from functools import lru_cache

LIGHT_SURFACES = ("#ffffff", "#f7f5f1", "#efece5")
"""Raised, canvas and sunken, as in tokens.css."""
DARK_SURFACES = ("#23201d", "#191715", "#110f0e")
HEX = re.compile("#[0-9a-fA-F]{6}")
WHITE, BLACK = "#ffffff", "#000000"
READABLE, COMFORTABLE, VISIBLE, NOTICEABLE = 4.5, 7.0, 3.0, 2.0
STEPS = 100
Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """The six custom properties that make a page an organization's."""

    brand: str
    on_brand: str
    brand_hover: str
    brand_strong: str
    brand_soft: str
    on_brand_soft: str


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=512)
def palette(colour: str, surfaces: tuple[str, ...]) -> Palette:
    """What `colour` becomes on `surfaces`: readable as text, under text and as a tint."""
    raised, canvas = surfaces[0], surfaces[1]
    brand = move_lightness(colour, (canvas,), NOTICEABLE)
    on_brand = WHITE if contrast(WHITE, brand) >= READABLE else move_lightness(colour, (brand,), COMFORTABLE)
    soft = mix(raised, move_lightness(brand, (raised,), VISIBLE), 0.13)
    return Palette(
        brand=brand,
        on_brand=on_brand,
        brand_hover=mix(brand, BLACK if luminance(on_brand) > luminance(brand) else WHITE, 0.16),
        brand_strong=move_lightness(brand, surfaces, READABLE),
        brand_soft=soft,
        on_brand_soft=move_lightness(brand, (soft, *surfaces), READABLE),
    )


@dataclass(frozen=True)
class Legibility:
    """What became of a colour on light or dark surfaces: the least contrast there is on any of them."""

    button: float
    text: float
    tint: float
    text_colour: str
    text_was_moved: bool


def legibility(colour: str, surfaces: tuple[str, ...]) -> Legibility:
    made = palette(colour, surfaces)
    return Legibility(
        button=contrast(made.on_brand, made.brand),
        text=least_contrast(made.brand_strong, surfaces),
        tint=least_contrast(made.on_brand_soft, (made.brand_soft, *surfaces)),
        text_colour=made.brand_strong,
        text_was_moved=made.brand_strong != colour.lower(),
    )


@lru_cache(maxsize=512)
def brand_stylesheet(colour: str, about: str = ":root") -> str:
    """The stylesheet of a brand: six custom properties, each with its light and its dark value."""
    light, dark = asdict(palette(colour, LIGHT_SURFACES)), asdict(palette(colour, DARK_SURFACES))
    rules = "".join(f"--{name.replace('_', '-')}:light-dark({light[name]},{dark[name]});" for name in light)
    return f"{about}{{{rules}}}\n"


def move_lightness(colour: str, backgrounds: tuple[str, ...], ratio: float) -> str:
    """`colour`, its lightness moved as little as it takes to reach `ratio` on every background."""
    lightness, chroma, hue = to_oklch(colour)
    goals = sorted((0.0, 1.0), key=lambda goal: -least_contrast(WHITE if goal else BLACK, backgrounds))
    towards = (lightness + (goals[0] - lightness) * step / STEPS for step in range(1, STEPS))
    shades = (colour.lower(), *(from_oklch((step, chroma, hue)) for step in towards))
    fitting = (shade for shade in shades if least_contrast(shade, backgrounds) >= ratio)
    return next(fitting, WHITE if goals[0] else BLACK)


def least_contrast(colour: str, backgrounds: tuple[str, ...]) -> float:
    """The smallest contrast of `colour` with any of `backgrounds`."""
    return min(contrast(colour, background) for background in backgrounds)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` mixed in."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return written([a + (b - a) * share for a, b in pairs])


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (linear(value) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> Channels:
    """Red, green and blue, 0 to 1."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def written(values: list[float]) -> str:
    return "#" + "".join(f"{round(min(max(value, 0.0), 1.0) * 255):02x}" for value in values)


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def curved(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def to_oklch(colour: str) -> Channels:
    """Lightness 0 to 1, chroma, and hue in radians."""
    r, g, b = (linear(value) for value in channels(colour))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red)


def from_oklch(parts: Channels) -> str:
    """The nearest colour a screen can show: chroma gives way, lightness and hue stay."""
    lightness, chroma, hue = parts
    for share in range(20, -1, -1):
        values = rgb_of(lightness, chroma * share / 20, hue)
        if all(-0.001 <= value <= 1.001 for value in values):
            break
    return written([curved(max(value, 0.0)) for value in values])


def rgb_of(lightness: float, chroma: float, hue: float) -> Channels:
    """Linear red, green and blue, outside 0 to 1 where no screen can show it."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
