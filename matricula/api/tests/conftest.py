"""A company with one of everything, and programs of it that call the API."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import person
from matricula.api.tokens import SCOPES, grant_token
from matricula.catalog.preview import sample_zip
from matricula.catalog.uploads import receive_upload
from matricula.invitations.imports.uploads import hand_in_file
from matricula.invitations.invitations import invite_person
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Request
from matricula.joining.requests import ask_administrator
from matricula.learning.enrolments import start_course
from matricula.organizations.branding import receive_logo
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.roles.appointments import offer_role

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40v20z"/></svg>'


class Caller:
    """A program that shows a token."""

    def __init__(self, secret: str | None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, where(path), headers={**self.headers, **sent}, **content)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def send_file(self, content: bytes, name: str = "people.csv", **more: Any) -> Any:
        headers = {**self.headers, **more.pop("headers", {})}
        data = {"file": SimpleUploadedFile(name, content), **more}
        return self.client.post(where("imports/"), data, headers=headers)

    def send(self, path: str, name: str, content: bytes, key: str = "") -> Any:
        """A file in the field `name`."""
        headers = {**self.headers, **({"idempotency-key": key} if key else {})}
        return self.client.post(where(path), {name: SimpleUploadedFile(name, content)}, headers=headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.ask("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.ask("DELETE", path)

    def all_pages(self, path: str) -> list[Any]:
        items, following = [], path
        while following:
            page = self.get(following.removeprefix("http://127.0.0.1:8000")).json()
            items, following = items + page["items"], page["next"]
        return items


def where(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


class House:
    """An organization with one of everything an address can name, and a token that may do everything."""

    def __init__(self, organization: Organization, program: Any, course: Any, owner: Any) -> None:
        self.organization, self.program, self.course, self.owner = organization, program, course, owner
        slug = organization.slug
        Role.objects.create(organization=organization, account=owner, kind=Role.Kind.OWNER)
        self.series = organization.specializations.create(slug="all", title="All of it")
        self.series.steps.create(course=course, position=0)
        self.member = person("Ada Okafor", f"ada@home-of-{slug}.example")
        work = f"ada@{slug}.example"
        Affiliation.objects.create(organization=organization, account=self.member, work_email=work)
        self.membership = enter_program(program=program, account=self.member)
        start_course(course=course, membership=self.membership)
        self.group = program.groups.create(name="Crew")
        self.group.memberships.add(self.membership)
        self.invitation = invite_person(program=program, address=f"dana@{slug}.example", invited_by=owner)
        ask_administrator(reason="expired", invitation=self.invitation)
        self.request = Request.objects.get(program=program)
        self.link, _address = make_direct_link(program=program, actor=owner)
        people = [b"email,name\nfinn@n.example,Finn\n?,Nobody\n"]
        self.file = hand_in_file(program=program, name="people.csv", content=people, actor=owner)
        Role.objects.create(organization=organization, account=self.member, kind=Role.Kind.VIEWER)
        self.offer = offer_role(
            organization=organization, address=f"hana@{slug}.example", kind="viewer", groups=[], actor=owner
        )
        zipped = SimpleUploadedFile("course.zip", sample_zip())
        self.upload = receive_upload(upload=zipped, organization=organization, actor=owner)
        self.logo_upload = receive_logo(organization=organization, content=LOGO, actor=owner)
        self.token, self.secret = grant_token(
            organization=organization, name="Payroll", scopes=SCOPES, days=30, actor=owner
        )
        self.caller = Caller(self.secret)

    def name_all(self, public_id: str) -> None:
        """Everything gets the id of the samples; ids are unique within their kind only."""
        for row in self.rows.values():
            row.public_id = public_id
            row.save(update_fields=["public_id"])

    @property
    def rows(self) -> dict[str, Any]:
        return {
            "program_id": self.program,
            "course_id": self.course,
            "specialization_id": self.series,
            "group_id": self.group,
            "person_id": self.member,
            "invitation_id": self.invitation,
            "link_id": self.link,
            "request_id": self.request,
            "import_id": self.file,
            "offer_id": self.offer,
            "upload_id": self.upload,
            "logo_upload_id": self.logo_upload,
        }

    @property
    def ids(self) -> dict[str, str]:
        return {name: row.public_id for name, row in self.rows.items()}


@pytest.fixture
def house(organization, program, course, bruno) -> House:
    return House(organization, program, course, bruno)


@pytest.fixture
def api(house) -> Caller:
    return house.caller
