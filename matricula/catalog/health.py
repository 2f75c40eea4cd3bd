"""What `/readyz` and `matricula check` tell of the files of courses."""

from collections.abc import Iterator

from matricula.catalog.course_import import file_place
from matricula.catalog.models import CourseFile, CourseUpload
from matricula.files.storage import storage_folder
from matricula.web.health import Trouble, finds_troubles

LOOKED_AT = 20


@finds_troubles
def storage_is_elsewhere() -> Iterator[Trouble]:
    """The newest files that some host has kept: this one sees them, unless its folder is its own."""
    digests = CourseFile.objects.order_by("-pk").values_list("digest", flat=True)[:LOOKED_AT]
    uploads = CourseUpload.objects.filter(state__in=CourseUpload.WAITING).order_by("-pk")[:LOOKED_AT]
    places = {file_place(digest) for digest in digests} | {one.place for one in uploads}
    if missing := sum(not place.exists() for place in places):
        words = (
            f"{missing} of the {len(places)} newest files of courses are not in {storage_folder()}: is"
            " MATRICULA_STORAGE the folder that all hosts share, and was it restored with the database?"
        )
        yield Trouble("files are missing", words)
