"""Two servers and three workers, each with a data folder of its own as on its own host; storage is shared."""

import pytest
from django.test import Client

from matricula.catalog.models import Course, CourseUpload
from matricula.catalog.tests.folders import COURSE, LESSON, PNG
from matricula.catalog.tests.uploads import CONTENT, packed
from matricula.jobs.models import Job
from matricula.organizations.models import Role
from tests.crash.conftest import answers, free_port, kill, until
from tests.visiting import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
UPLOADS = CONTENT + "uploads/"


class Hosts:
    """Starts what runs on a host: its data is its own, and so is its storage unless it is shared."""

    def __init__(self, start, folder):
        self.start, self.folder = start, folder

    def on(self, host, storage="shared"):
        return {
            "MATRICULA_DATA": str(self.folder / host),
            "MATRICULA_STORAGE": str(self.folder / storage),
        }

    def worker(self, host, storage="shared"):
        return self.start("-m", "matricula", "worker", **self.on(host, storage))

    def server(self, host, port, bruno):
        address = f"http://127.0.0.1:{port}"
        process = self.start("-m", "matricula", "serve", PORT=str(port), BASE_URL=address, **self.on(host))
        until(lambda: answers(port), seconds=60)
        visitor = Visitor(address)
        client = Client()
        client.force_login(bruno)
        visitor.cookies = {name: one.value for name, one in client.cookies.items()}
        return process, visitor


@pytest.fixture
def hosts(start, tmp_path, settings, organization, bruno):
    settings.MEDIA_ROOT = tmp_path / "shared"
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    return Hosts(start, tmp_path)


def upload(visitor, slug):
    """Where the page of a new upload is."""
    files = {"course.yaml": COURSE.replace("slug: t", f"slug: {slug}"), "a.md": LESSON, "p.png": PNG}
    visitor.get(UPLOADS)
    answer = visitor.upload(UPLOADS, "course", "course.zip", packed(files))
    assert answer.status == 302, answer.body
    return answer.location


def state():
    return CourseUpload.objects.latest("pk").state


def test_loss_on_crash_with_several_hosts_one_may_die_at_any_moment_and_another_goes_on(hosts, bruno):
    workers = [hosts.worker(name) for name in ("one", "two", "three")]
    port = free_port()
    first, at_the_first = hosts.server("one", port, bruno)
    _second, at_the_second = hosts.server("two", free_port(), bruno)

    page = upload(at_the_first, "a")
    kill(first)
    kill(workers[0])
    until(lambda: state() == "ready", seconds=90)
    assert at_the_second.get(page).status == 200
    assert at_the_second.post(f"{page}taking/").status == 302
    kill(workers[1])
    until(lambda: state() == "taken", seconds=90)
    assert Course.objects.get().slug == "a"

    _again, at_the_first = hosts.server("one", port, bruno)
    assert at_the_first.open(page).status == 200
    kill(workers[2])

    upload(at_the_first, "b")
    hosts.worker("four", storage="its own")
    job = Job.objects.filter(kind="catalog.read_upload").latest("pk")
    until(lambda: "cannot be seen on this host" in Job.objects.get(pk=job.pk).error, seconds=60)
    assert state() == "reading"
    hosts.worker("one")
    until(lambda: state() == "ready", seconds=90)
