"""Choosing the language of pages, with an account or without one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from matricula.accounts.models import Account
from matricula.web.access import public
from matricula.web.languages import keep_language, supported
from matricula.web.redirects import belongs_to, local_path
from matricula.web.values import text_in


@public
@belongs_to("front")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Back to the page it was chosen on. Of an account it is its letters' language too."""
    response = redirect(local_path(text_in(request.POST, "next"), otherwise="/"))
    if language := supported(text_in(request.POST, "language")):
        if isinstance(request.user, Account):
            Account.objects.filter(pk=request.user.pk).update(language=language)
        keep_language(response, language)
    return response
