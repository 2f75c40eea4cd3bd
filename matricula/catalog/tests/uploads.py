"""Zips of courses, and how Bruno uploads them."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from matricula.jobs.queue import perform_due

CONTENT = "/console/nordlicht/content/"


def packed(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def upload(client, content, name="course.zip"):
    """The page that shows what was uploaded, once it is read."""
    page = hand_in(client, content, name)
    work()
    return page


def work():
    while perform_due():
        pass


def hand_in(client, content, name="course.zip"):
    """The page that shows what was uploaded."""
    answer = client.post(CONTENT + "uploads/", {"course": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]
