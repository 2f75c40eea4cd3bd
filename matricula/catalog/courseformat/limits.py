"""How large a course may be. A hostile zip meets these before it meets memory or disk."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. `zip_ratio` is unpacked to packed size, asked only of files above `ratio_from`."""

    files: int = 5_000
    depth: int = 12
    total: int = 1024 * MIB
    media_file: int = 512 * MIB
    text_file: int = 512 * KIB
    svg_file: int = 1 * MIB
    zip_directory: int = 2 * MIB
    zip_ratio: int = 150
    ratio_from: int = 1 * MIB
