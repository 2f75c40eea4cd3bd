"""The owner's pages for API tokens: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.api.forms import TokenForm
from matricula.api.models import Token
from matricula.api.tokens import grant_token, revoke_token
from matricula.db.paging import keyset_page
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.models import Organization
from matricula.security.sent_forms import is_sent_again
from matricula.web.access import FORM


@owning
@require_safe
def tokens(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = Token.objects.filter(organization=organization).select_related("made_by")
    context = {"organization": organization, "page": keyset_page(rows, request.GET)}
    return render(request, "api/console/tokens.html", context)


@freshly_owning
@FORM
def new(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The secret stands in the answer to this POST and nowhere else."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if is_sent_again(request):
            messages.info(
                request, _("That token is made, and was shown once. Lost it? Revoke it, and make another.")
            )
            return redirect("tokens:tokens", organization.slug)
        token, secret = grant_token(organization=organization, actor=actor_of(request), **form.granted())
        context = {"organization": organization, "token": token, "secret": secret}
        answer = render(request, "api/console/token_made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer
    return render(request, "api/console/new_token.html", {"organization": organization, "form": form})


@owning
@FORM
def revocation(request: HttpRequest, organization: Organization, token_id: str) -> HttpResponse:
    """Once asked."""
    token = get_object_or_404(Token.objects.filter(organization=organization), public_id=token_id)
    if request.method == "POST":
        if revoke_token(token=token, actor=actor_of(request)):
            messages.success(request, _("%s is revoked. It opens nothing any more.") % token.name)
        return redirect("tokens:tokens", organization.slug)
    context = {
        "organization": organization,
        "question": _("Revoke the token %s?") % token.name,
        "named": [f"matricula_…{token.ending}"],
        "consequence": _(
            "Programs that use it are refused at once. It cannot be undone; you may make another."
        ),
        "label": _("Revoke"),
        "grave": True,
        "back": reverse("tokens:tokens", args=[organization.slug]),
    }
    return render(request, "organizations/console/question.html", context)
