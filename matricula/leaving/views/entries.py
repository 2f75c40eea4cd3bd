"""The console's pages about entries that may be one person: what administrators may say and ask of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.db.paging import keyset_page, parse_id
from matricula.leaving.doubled.agreements import answer_which_entry
from matricula.leaving.doubled.namesakes import names_twice
from matricula.leaving.doubled.pairs import say_two_people, suggest_combining, take_word_back
from matricula.leaving.errors import EntriesAnswered, SuggestedLately
from matricula.leaving.models import EntryRequest, EntryRequestQuerySet
from matricula.mail.leases import letters_promised
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Affiliation, Organization
from matricula.web.redirects import belongs_to
from matricula.web.values import text_in

LONGEST_NAME = 400
REQUESTS = 20
"""On the page, above the names; the oldest are answered first or paged to."""


@overseeing
@require_safe
def entries(request: HttpRequest, organization: Organization) -> HttpResponse:
    after = text_in(request.GET, "after", longest=LONGEST_NAME)
    context = {
        "organization": organization,
        "page": names_twice(organization, after),
        "asked": keyset_page(requests_of(organization).waiting(), request.GET, size=REQUESTS),
    }
    return render(request, "leaving/console/entries.html", context)


def requests_of(organization: Organization) -> EntryRequestQuerySet:
    rows = EntryRequest.objects.filter(organization=organization)
    return rows.select_related("one__account", "other__account")


@administering
@belongs_to("entries:entries", "slug")
@require_POST
def answer(request: HttpRequest, organization: Organization, asked_id: str) -> HttpResponse:
    """`stays` is the id of the entry whose work e-mail stays, or "no"."""
    asked = get_object_or_404(requests_of(organization), public_id=asked_id)
    said = text_in(request.POST, "stays")
    ties = {str(one.pk): one for one in (asked.one, asked.other)}
    if said != "no" and said not in ties:
        messages.error(request, _("Say which entry stays, or that two stay two."))
        return redirect("entries:entries", organization.slug)
    try:
        answer_which_entry(request=asked, stays=ties.get(said), actor=actor_of(request))
    except EntriesAnswered as refusal:
        messages.warning(request, str(refusal))
    else:
        words = _("Answered. The person gets a letter, and combines by themselves within 30 days.")
        messages.success(request, words if said != "no" else _("Answered. The person gets a letter."))
    return redirect("entries:entries", organization.slug)


def both_entries(organization: Organization, one_id: int, other_id: int) -> tuple[Affiliation, Affiliation]:
    """Two live ones with the same name. Raises Http404."""
    if None in (parse_id(str(one_id)), parse_id(str(other_id))):
        raise Http404  # longer than any number of a row
    rows = Affiliation.objects.live().filter(organization=organization).select_related("account")
    found = {one.pk: one for one in rows.filter(pk__in=(one_id, other_id))}
    if len(found) < 2 or found[one_id].folded_name != found[other_id].folded_name:
        raise Http404
    return found[one_id], found[other_id]


def to_person(organization: Organization, tie: Affiliation) -> HttpResponse:
    return redirect("people:somebody", organization.slug, tie.account.public_id)


@administering
@belongs_to("entries:entries", "slug")
@require_POST
def suggest(request: HttpRequest, organization: Organization, one_id: int, other_id: int) -> HttpResponse:
    one, other = both_entries(organization, one_id, other_id)
    try:
        suggest_combining(one=one, other=other, actor=actor_of(request))
    except SuggestedLately as refusal:
        messages.warning(request, str(refusal))
    else:
        words = _("A letter is on its way to both work e-mails.")
        messages.success(request, letters_promised(words, organization.pk))
    return to_person(organization, one)


@administering
@belongs_to("entries:entries", "slug")
@require_POST
def two_people(request: HttpRequest, organization: Organization, one_id: int, other_id: int) -> HttpResponse:
    one, other = both_entries(organization, one_id, other_id)
    say_two_people(one=one, other=other, actor=actor_of(request))
    messages.success(request, _("Noted: they are two people. Nobody is asked about them any more."))
    return to_person(organization, one)


@administering
@belongs_to("entries:entries", "slug")
@require_POST
def undecided(request: HttpRequest, organization: Organization, one_id: int, other_id: int) -> HttpResponse:
    one, other = both_entries(organization, one_id, other_id)
    take_word_back(one=one, other=other, actor=actor_of(request))
    messages.success(request, _("They may be one person again."))
    return to_person(organization, one)
