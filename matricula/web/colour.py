"""Brand colours that can always be read (WCAG 2.2, 1.4.3: at least 4.5:1)."""

LIGHT_SURFACE, DARK_SURFACE = "#fbfaf7", "#14171d"
WHITE, BLACK = "#ffffff", "#111318"
READABLE = 4.5
Channels = tuple[int, int, int]


def channels(colour: str) -> Channels:
    """Red, green and blue, 0 to 255, of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    parts = [value / 255 for value in channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` mixed in."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def on(background: str) -> str:
    """Black or white, whichever reads better on `background`."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, background))


def readable(colour: str, surface: str) -> str:
    """`colour`, moved towards black or white until it can be read on `surface`."""
    goal = on(surface)
    steps = (mixed(colour, goal, step / 20) for step in range(21))
    return next(shade for shade in steps if contrast(shade, surface) >= READABLE)


def palette(colour: str, surface: str) -> dict[str, str]:
    soft = mixed(surface, colour, 0.12)
    return {
        "brand": colour,
        "on-brand": on(colour),
        "brand-strong": readable(colour, surface),
        "brand-soft": soft,
        "on-brand-soft": readable(colour, soft),
    }


def brand_stylesheet(colour: str) -> str:
    """The custom properties of a brand, for light and dark."""

    def rule(surface: str) -> str:
        return (
            ":root{" + "".join(f"--{name}:{value};" for name, value in palette(colour, surface).items()) + "}"
        )

    return f"{rule(LIGHT_SURFACE)}@media (prefers-color-scheme:dark){{{rule(DARK_SURFACE)}}}"
