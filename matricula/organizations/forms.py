"""What the branding page asks."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.db.days import check_zone
from matricula.db.zones import offered_zones
from matricula.organizations.branding import LONGEST_GREETING
from matricula.organizations.models import HEX_COLOUR, Organization
from matricula.organizations.retention_rules import Subject, known_subjects, months_of


class ColourInput(forms.TextInput):
    """A field for # and six digits, and beside it a palette where there is JavaScript."""

    template_name = "organizations/forms/colour.html"


class BrandForm(forms.ModelForm):  # type: ignore[type-arg]
    brand_colour = forms.CharField(
        label=_("Colour"),
        help_text=_("As # and six digits, such as #0b6e4f. Shades that can be read are made from it."),
        validators=[HEX_COLOUR],
        widget=ColourInput,
    )
    greeting = forms.CharField(
        label=_("Greeting in invitations"),
        help_text=_("A few plain words of your own. Web addresses are left out."),
        max_length=LONGEST_GREETING,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = forms.ChoiceField(
        label=_("Language of letters"),
        help_text=_("Invitations made from now on are written in it."),
        choices=settings.LANGUAGES,
    )

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("A day that a letter or a page names ends at midnight there."),
        validators=[check_zone],
        widget=forms.Select(attrs={"translate": "no"}),
    )

    class Meta:
        model = Organization
        fields = [
            "name",
            "brand_colour",
            "signatory_name",
            "signatory_role",
            "greeting",
            "language",
            "time_zone",
            "alternative_email_required",
            "doubled_entries",
        ]
        labels = {
            "name": _("Name"),
            "signatory_name": _("Who signs"),
            "signatory_role": _("Their role"),
            "doubled_entries": _("Who decides which entry stays"),
            "alternative_email_required": _("Ask everybody for an alternative e-mail"),
        }
        help_texts = {
            "doubled_entries": _(
                "When somebody combines two accounts that each have an entry here. They show first that both"
                " accounts are theirs."
            ),
            "signatory_name": _(
                "As it is written on certificates. Without a picture it stands for the signature."
            ),
            "signatory_role": _("Such as: Head of Learning."),
            "alternative_email_required": _(
                "It keeps the account reachable when somebody leaves. Off: people may leave it out."
            ),
        }

    def __init__(self, organization: Organization, data: Any = None) -> None:
        super().__init__(data, instance=Organization.objects.get(pk=organization.pk))
        self.fields["doubled_entries"].required = data is None or "doubled_entries" in data
        self.fields["time_zone"].choices = zone_choices(self.instance.time_zone)  # type: ignore[attr-defined]
        self.fields["brand_colour"].widget.attrs |= {
            "maxlength": 7,
            "spellcheck": "false",
            "data-picker": "id_brand_colour_picker",
            "hx-get": reverse("console:sample", args=[organization.slug]),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#sample",
            "hx-swap": "outerHTML",
        }

    def clean_doubled_entries(self) -> str:
        """As it is, where a form of before does not ask."""
        return str(
            self.cleaned_data["doubled_entries"]
            or Organization.objects.get(pk=self.instance.pk).doubled_entries
        )


def zone_choices(now: str) -> list[tuple[str, str]]:
    """What it has now is offered too, whatever it is called."""
    return [(one, one.replace("_", " ")) for one in sorted({*offered_zones(), now})]


PICTURES = {"accept": ".svg,.png,.jpg,.jpeg,.webp"}


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Picture"),
        help_text=_("SVG, PNG, JPEG or WebP, up to 2 MB. Wide logos work best."),
        widget=forms.FileInput(attrs=PICTURES),
    )


class SignatureForm(forms.Form):
    signature = forms.FileField(
        label=_("Picture of the signature"),
        help_text=_("Dark ink on white or on no ground: SVG, PNG, JPEG or WebP, up to 2 MB."),
        widget=forms.FileInput(attrs=PICTURES),
    )


PICTURE_FORMS: dict[str, type[forms.Form]] = {"logo": LogoForm, "signature": SignatureForm}
"""By what the picture is shown as."""


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=_("Domain"),
        help_text=_("What stands after the @ in your people's work e-mail, such as example.com."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}),
    )


class RetentionForm(forms.Form):
    """A field for each subject; 0 stands for what holds without a rule."""

    def __init__(self, organization: Organization, data: Any = None) -> None:
        now = months_of(organization)
        super().__init__(data, initial={key: months or 0 for key, months in now.items()})
        for one in known_subjects():
            self.fields[one.key] = forms.TypedChoiceField(
                label=one.label,
                help_text=one.help,
                choices=month_choices(one, now[one.key]),
                coerce=int,
            )

    @property
    def months(self) -> dict[str, int | None]:
        """What was chosen, by subject."""
        return {key: months or None for key, months in self.cleaned_data.items()}


def month_choices(subject: Subject, now: int | None) -> list[tuple[Any, Any]]:
    """What holds now is offered, too, if it no longer is."""
    offered = sorted({*subject.months, *([now] if now else [])})
    return [(0, subject.otherwise), *((months, month_words(months)) for months in offered)]


def month_words(months: int) -> str:
    """Years, where there are whole ones and more than one."""
    if months % 12 == 0 and months > 12:
        return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
