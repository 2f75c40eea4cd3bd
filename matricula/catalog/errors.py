from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CourseProblems(Refusal):
    """A course folder could not be taken; `problems` lists everything that is wrong."""

    code = "course_problems"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class CatalogError(Refusal):
    """Something about the catalog could not be done."""

    code = "catalog"


class UploadTooLarge(CatalogError):
    """The zip is larger than an upload may be."""

    code = "upload_too_large"
    sentence = _("Keep the zip under 512 MiB: make videos smaller, or leave some out.")


class UploadsUsedUp(CatalogError):
    """So many courses were uploaded within an hour that the next one waits for the next hour."""

    code = "uploads_used_up"
    sentence = _("So many courses were uploaded that the next one waits for an hour.")


class NotToTake(CatalogError):
    """The upload is still read, is faulty, or was taken in already."""

    code = "not_to_take"
    sentence = _("The course is still being read, is faulty, or was taken in before.")


class SeriesFull(CatalogError):
    """The Specialization has as many courses as one may have."""

    code = "specialization_full"
    sentence = _("No more than 100 courses fit into a Specialization.")


class TitleTaken(CatalogError):
    """Another Specialization of the organization has this title."""

    code = "title_taken"
    sentence = _("Another Specialization has this title.")
