"""One's own data: asking for the file, how far it is, and the file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.models import Account
from matricula.files.responses import answer_with_file
from matricula.leaving.data.exports import ask_for_data, place_of
from matricula.leaving.models import DataExport
from matricula.security.errors import TooManyTries
from matricula.web.access import FORM


@freshly_signed_in
@FORM
def own_data(request: HttpRequest, account: Account) -> HttpResponse:
    if request.method == "POST":
        try:
            ask_for_data(account=account)
        except TooManyTries as refusal:
            return show_data(request, account, news=str(refusal), status=429)
        return redirect("leaving:data")
    return show_data(request, account)


def show_data(request: HttpRequest, account: Account, *, news: str = "", status: int = 200) -> HttpResponse:
    newest = DataExport.objects.filter(account=account).order_by("-pk").first()
    is_over = newest and newest.until and newest.until <= timezone.now()
    context = {"export": None if is_over else newest, "news": news}
    return render(request, "leaving/pages/data.html", context, status=status)


@freshly_signed_in
@require_safe
def data_file(request: HttpRequest, account: Account, export_id: str) -> HttpResponseBase:
    """The file, to whom it is about. It stays in no cache."""
    export = DataExport.objects.filter(account=account, public_id=export_id).first()
    if export is None:
        raise Http404
    place = place_of(export)
    if not DataExport.objects.downloadable().filter(pk=export.pk).exists() or not place.exists():
        return show_data(request, account, news=_("That file is gone. Have a new one made."), status=410)
    day = timezone.localdate(export.ready_at).isoformat()
    answer = answer_with_file(
        request,
        place=place,
        name=f"my-data-{day}.zip",
        content_type="application/zip",
        digest=export.public_id,
    )
    answer["Cache-Control"] = "no-store"
    return answer
