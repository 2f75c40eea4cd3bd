"""After the log-in: what was typed into a form that met an ended session, to be sent once more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.kept_forms import forget_form, kept_form
from matricula.web.access import signed_in


@signed_in
@require_safe
def show_kept_form(request: HttpRequest) -> HttpResponse:
    """Nothing is sent by looking: the person sends it, to where it was meant to go."""
    typed = kept_form(request)
    if typed is None:
        return redirect("learning:home")
    return render(request, "accounts/pages/kept_form.html", {"typed": typed})


@signed_in
@require_POST
def discard_kept_form(request: HttpRequest) -> HttpResponse:
    typed = kept_form(request)
    if typed:
        forget_form(request, typed.path)
    return redirect("learning:home")
