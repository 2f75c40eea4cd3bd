"""Which column holds what, by its header or, without one, by the addresses in it."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

Records = Sequence[Sequence[str]]

LONGEST_HEADER = 100

SPELLINGS = {
    "email": """
        email, e-mails, mail, email address, mail address, email addresses, email id, work email, work email
        address, business email, company email, corporate email, office email, primary email, user email,
        employee email, Mailadresse, E-Mail-Adresse, E-Mail-Adressen, E-Mail geschäftlich, geschäftliche
        E-Mail, dienstliche E-Mail, geschäftliche E-Mail-Adresse, dienstliche E-Mail-Adresse, Firmen-E-Mail,
        Arbeits-E-Mail, berufliche E-Mail, correo, correos, correo electrónico, correos electrónicos,
        dirección de correo, dirección de email, dirección de correo electrónico, correo de trabajo, correo
        corporativo, email de trabajo, email corporativo, courriel, adresse e-mail, adresse mail, adresse
        électronique, endereço de email, indirizzo email, البريد الإلكتروني, بريد إلكتروني, عنوان البريد
        الإلكتروني""",
    "full": """
        full name, display name, complete name, name and surname, first and last name, employee name,
        person, participant, vollständiger Name, ganzer Name, Vor- und Nachname, Vorname Nachname, Vorname
        und Nachname, Anzeigename, Mitarbeiter, Mitarbeiterin, Teilnehmer, nombre completo, nombre y
        apellido, nombre y apellidos, nombres y apellidos, nom complet, nome completo, الاسم الكامل""",
    "name": "name, names, Nombre, Nombres, الاسم",
    "first": """
        first name, given name, given names, forename, Vorname, Vornamen, Rufname, nombre de pila, primer
        nombre, prénom, الاسم الأول""",
    "last": """
        last name, surname, family name, Nachname, Familienname, Zuname, Apellido, Apellidos, primer
        apellido, nom de famille, cognome, sobrenome, اسم العائلة""",
    "groups": "group, groups, group name, group names, Gruppe, Gruppen, Grupo, Grupos, مجموعة, المجموعات",
    "courses": "course, courses, course name, course names, Kurs, Kurse, Curso, Cursos, دورة, الدورات",
}
WITHOUT_HEADER = ("name", "groups", "courses")
"""What follows the address in a file without a header."""


def plain(header: str) -> str:
    """Letters and digits only, without case and accents: `E-Mail Adresse ` is `emailadresse`."""
    letters = unicodedata.normalize("NFKD", header).casefold()
    return "".join(filter(str.isalnum, letters))


ROLES = {plain(word): role for role, words in SPELLINGS.items() for word in words.split(",")}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a record to look; -1 is nowhere. `names` are joined by a space, `notes` keep their headers."""

    address: int
    names: tuple[int, ...] = ()
    groups: int = -1
    courses: int = -1
    notes: dict[int, str] = field(default_factory=dict)
    begin: int = 0
    """The first record that is a person."""
    known: int = 0
    """How many headers were recognised."""
    width: int = 0
    """How many columns these are."""


def arrange(head: Records) -> Columns | None:
    """The columns of a file that begins with the records `head`; None if no column holds addresses."""
    for at, record in enumerate(head):
        roles = [ROLES.get(plain(cell), "") for cell in record]
        if "email" in roles:
            return by_header(record, roles, at + 1)
        if any("@" in cell for cell in record):
            break
    return by_content(head)


def by_header(record: Sequence[str], roles: list[str], begin: int) -> Columns:
    where = {role: roles.index(role) for role in SPELLINGS if role in roles}
    names = name_columns(where)
    used = {where["email"], *names, where.get("groups", -1), where.get("courses", -1)}
    return Columns(
        address=where["email"],
        names=names,
        groups=where.get("groups", -1),
        courses=where.get("courses", -1),
        notes=notes(record, used),
        begin=begin,
        known=len(where),
        width=len(record),
    )


def name_columns(where: dict[str, int]) -> tuple[int, ...]:
    """Those that make up the whole name. `Name` beside `Vorname` is the last one, `Nombre` the first."""
    if "full" in where:
        return (where["full"],)
    last = "last" if "last" in where else "name"
    parts = ("first", last) if "first" in where else ("name", "last")
    return tuple(where[part] for part in parts if part in where)


def notes(record: Sequence[str], used: set[int]) -> dict[int, str]:
    """Header of each further column, as typed; the second `Team` becomes `Team 2`."""
    result: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for at, cell in enumerate(record):
        if at not in used:
            header = cell.strip()[:LONGEST_HEADER] or unnamed(at)
            seen[header] += 1
            result[at] = header if seen[header] == 1 else f"{header} {seen[header]}"
    return result


def unnamed(at: int) -> str:
    return _("Column %d") % (at + 1)


def by_content(head: Records) -> Columns | None:
    """The column in which most records hold an address."""
    counts = Counter(at for record in head for at, cell in enumerate(record) if looks_like_address(cell))
    if not counts:
        return None
    address = min(counts, key=lambda at: (-counts[at], at))
    begin = next(at for at, record in enumerate(head) if any("@" in cell for cell in record))
    width = max(map(len, head))
    others = [at for at in range(width) if at != address]
    roles = dict(zip(WITHOUT_HEADER, others, strict=False))
    further = {at: unnamed(at) for at in others[len(WITHOUT_HEADER) :]}
    return Columns(
        address=address,
        names=(roles["name"],) if "name" in roles else (),
        groups=roles.get("groups", -1),
        courses=roles.get("courses", -1),
        notes=further,
        begin=begin,
        width=width,
    )


def looks_like_address(cell: str) -> bool:
    local, at, domain = cell.strip().strip("<>").rpartition("@")
    return bool(at and local and "." in domain)
