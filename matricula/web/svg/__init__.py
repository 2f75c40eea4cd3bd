"""SVG that may be shown: held against a list of what is allowed, weighed, and written anew."""

from matricula.web.svg.reading import Drawing, read_svg
from matricula.web.svg.tree import PictureRefused

__all__ = ["Drawing", "PictureRefused", "read_svg"]
