"""Demonstration data: two organizations, two programs, courses, and people in several states."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.catalog.course_import import import_course
from matricula.catalog.models import Course, Specialization, SpecializationCourse
from matricula.demo.company_sign_in import demonstrated_address, open_company_sign_in
from matricula.demo.people import alumna, forget_letters_of_long_ago, newcomer, settle_in
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.organizations.branding import change_brand, show_logo
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Group, Program
from matricula.programs.terms import Terms
from matricula.roles.appointments import offer_role
from matricula.roles.roles import name_group_manager

COURSES = Path(__file__).parent / "courses"
LOGOS = Path(__file__).parent / "logos"
GREETING = (
    "Good that you are here!\nTake your time with the first course; your manager knows that you are learning."
)
PASSWORD = "learning-together"  # noqa: S105 - printed for everybody to see
SERIES = ["security-every-day", "feedback-people-can-use", "writing-that-gets-read"]


@transaction.atomic
def fill() -> None:
    """Fill an empty database; one with organizations is left as it is."""
    if Organization.objects.exists():
        return
    password = make_password(PASSWORD)
    bruno = newcomer("Bruno Keller", "bruno@nordlicht.example", password)
    ada = newcomer("Ada Okafor", "ada.personal@home.example", password)
    energy = Organization.objects.create(
        slug="nordlicht", name="Nordlicht Energie", brand_colour="#0b6e4f", greeting=GREETING
    )
    hospital = Organization.objects.create(
        slug="harbour-vale", name="Harbour & Vale University Hospital", brand_colour="#7a1f5c"
    )
    for organization in (energy, hospital):
        show_logo(
            organization=organization, content=(LOGOS / f"{organization.slug}.svg").read_bytes(), actor=bruno
        )
        Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    signed = {"signatory_name": "Bruno Keller", "signatory_role": "Head of Learning"}
    change_brand(organization=energy, values=signed, actor=bruno)
    welcome = program(
        energy, "Welcome to Nordlicht", "Everything you need for good first months with us.", 16
    )
    wards = program(hospital, "Ward Essentials", "Short courses for everyone who works with patients.", 20)
    Program.objects.filter(pk=wards.pk).update(ends_on=timezone.localdate() + timedelta(days=180))
    group = Group.objects.create(program=welcome, name="Grid operations")
    invite_person(
        program=welcome,
        address="ada@nordlicht.example",
        name="Ada",
        invited_by=bruno,
        terms=Terms(groups=[group]),
    )
    invite_person(program=welcome, address="dana@nordlicht.example", name="Dana", invited_by=bruno)
    settle_in(welcome, bruno, password)
    administer(energy, group, bruno)
    open_company_sign_in(program=welcome, owner=bruno, password=password)
    alumna(wards, ada, wards.courses.get(slug="reading-charts"))
    forget_letters_of_long_ago()


def administer(organization: Organization, group: Group, bruno: Account) -> None:
    """A manager for a group, and a role that waits to be accepted."""
    emre = group.memberships.order_by("pk").values_list("account", flat=True)[0]
    name_group_manager(group=group, account=Account.objects.get(pk=emre), actor=bruno)
    offer_role(
        organization=organization,
        address="vera@nordlicht.example",
        kind=Role.Kind.VIEWER,
        groups=[],
        actor=bruno,
    )


def program(organization: Organization, name: str, description: str, seats: int) -> Program:
    made = Program.objects.create(
        organization=organization, slug="main", name=name, description=description, seats=seats
    )
    folders = sorted(path.parent for path in COURSES.glob("*/course.yaml"))
    made.courses.set([import_course(source=folder, organization=organization) for folder in folders])
    made.specializations.add(series(organization))
    return made


def series(organization: Organization) -> Specialization:
    made = Specialization.objects.create(
        organization=organization,
        slug="working-well-together",
        title="Working well together",
        summary="Three short courses on trust: keep things safe, say things well, write things down.",
    )
    for position, slug in enumerate(SERIES):
        course = Course.objects.get(organization=organization, slug=slug)
        SpecializationCourse.objects.create(specialization=made, course=course, position=position)
    return made


def introduce() -> str:
    """What a newcomer needs to know: the address, the sign-ins, one invitation to click."""
    invitation, company = Invitation.objects.open().order_by("id").first(), demonstrated_address()
    lines = [f"Matricula is at {settings.BASE_URL}", f"  letters:      {settings.BASE_URL}/_mail/"]
    lines += [f"  log in as:    ada.personal@home.example or bruno@nordlicht.example, password {PASSWORD}"]
    if company:
        lines += [f"  or sign in by the company's own: {company}"]
    if invitation:
        link = mint_link(invitation, InvitationToken.Channel.MAIL)
        lines += [f"  invitation:   {link}  (for {invitation.address})"]
    return "\n".join(lines)
