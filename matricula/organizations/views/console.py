"""Where to begin in an organization's console, and how the organization looks."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.files.pictures import LARGEST, PictureRefused
from matricula.organizations.access import MAY, acting_role, actor_of, owning, viewing
from matricula.organizations.branding import Use, change_brand, receive_logo, remove_logo
from matricula.organizations.forms import PICTURE_FORMS, BrandForm
from matricula.organizations.models import Organization
from matricula.web.colour import DARK_SURFACES, HEX, LIGHT_SURFACES, brand_stylesheet, legibility
from matricula.web.values import text_in

REMOVED: dict[str, Any] = {
    Use.LOGO: gettext_lazy("The logo is removed. Your name stands in its place."),
    Use.SIGNATURE: gettext_lazy("The signature is removed. Certificates that were issued keep it."),
}


@viewing
@require_safe
def console_home(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The first page of the navigation that the role may open."""
    kind = acting_role(request).kind
    first = next(page for page in settings.CONSOLE_PAGES if kind in MAY[page["rule"]])
    return redirect(first["url"], organization.slug)


@owning
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Name, colour, words. The button `look` shows what was typed without keeping it."""
    form = BrandForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        if change_brand(organization=organization, values=form.cleaned_data, actor=actor_of(request)):
            messages.success(request, _("Saved. Everybody sees it from now on."))
        return redirect("console:branding", organization.slug)
    return render_branding(request, organization, form)


def render_branding(
    request: HttpRequest, organization: Organization, form: BrandForm, **refused: Form
) -> HttpResponse:
    """`refused`: the form of a picture that was not taken, by its use."""
    colour = form.data.get("brand_colour", "")
    pictures = {f"{use}_form": refused.get(use) or made() for use, made in PICTURE_FORMS.items()}
    context = {"organization": organization, "form": form, **pictures}
    context |= sample_of(organization, colour)
    return render(request, "organizations/console/branding.html", context)


def sample_of(organization: Organization, colour: str) -> dict[str, Any]:
    """What the sample of `colour` needs; of today's colour while what was typed is none."""
    chosen = colour.lower() if HEX.fullmatch(colour) else organization.brand_colour
    return {
        "colour": chosen,
        "schemes": [
            ("light", _("In light"), legibility(chosen, LIGHT_SURFACES)),
            ("dark", _("In the dark"), legibility(chosen, DARK_SURFACES)),
        ],
    }


@owning
@require_safe
def brand_sample(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The part of the page that shows a colour, for the script."""
    context = {"organization": organization, **sample_of(organization, text_in(request.GET, "brand_colour"))}
    return render(request, "organizations/console/sample.html", context)


@owning
@require_safe
def sample_colours(request: HttpRequest, organization: Organization) -> HttpResponse:
    colour = sample_of(organization, text_in(request.GET, "colour"))["colour"]
    return HttpResponse(brand_stylesheet(colour, ".sample"), content_type="text/css")


@owning
@require_POST
def logo(request: HttpRequest, organization: Organization, use: str = Use.LOGO) -> HttpResponse:
    """Have another logo or signature drawn, and shown from then on."""
    form = PICTURE_FORMS[use](request.POST, request.FILES)
    if form.is_valid():
        try:
            content = form.cleaned_data[use].read(LARGEST + 1)
            made = receive_logo(organization=organization, content=content, actor=actor_of(request), use=use)
        except PictureRefused as refusal:
            form.add_error(use, str(refusal))
        else:
            return redirect("console:logo-upload", organization.slug, made.public_id)
    return render_branding(request, organization, BrandForm(organization), **{str(use): form})


@owning
@require_safe
def logo_upload(request: HttpRequest, organization: Organization, logo_upload_id: str) -> HttpResponse:
    """Still drawn, shown, or why not."""
    upload = get_object_or_404(organization.logo_uploads.defer("content"), public_id=logo_upload_id)
    form = PICTURE_FORMS[upload.use]()
    if upload.why_refused:
        form = PICTURE_FORMS[upload.use](data={})
        form.full_clean()
        form.errors.clear()
        form.add_error(upload.use, upload.why_refused)
    context = {"organization": organization, "upload": upload, "form": form}
    return render(request, "organizations/console/logo.html", context)


@owning
@require_POST
def logo_removal(request: HttpRequest, organization: Organization, use: str = Use.LOGO) -> HttpResponse:
    remove_logo(organization=organization, actor=actor_of(request), use=use)
    messages.success(request, REMOVED[use])
    return redirect("console:branding", organization.slug)
