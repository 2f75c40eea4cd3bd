"""Static files in production: under the digest of their content, compressed, and all styles in one file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = ("tokens", "base", "layout", "components", "forms", "data", "learning")
STYLES = [f"web/css/{part}.css" for part in PARTS]
"""In the order in which browsers read them: the first names the layers."""
ALL_STYLES = "web/css/site.css"


def style_files() -> list[str]:
    """While they are worked on, each by itself: nothing has to be built to see a change."""
    return STYLES if settings.DEVELOPMENT else [ALL_STYLES]


class SiteFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Seven small files are seven requests, on a phone in a train as well; one is one."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and all(name in paths for name in STYLES):
            whole = "\n".join(Path(self.path(name)).read_text() for name in STYLES)
            Path(self.path(ALL_STYLES)).write_text(whole)
            paths = {**paths, ALL_STYLES: (self, ALL_STYLES)}
        yield from super().post_process(paths, dry_run, **options)
