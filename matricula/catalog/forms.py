"""Forms of the console."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from matricula.catalog.models import Course, Specialization


class UploadForm(forms.Form):
    course = forms.FileField(
        label=_("Course"),
        help_text=_("A zip of at most 512 MiB. Nothing changes before you have seen what would."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={"empty": _("This file is empty. Choose the zip of a course.")},
    )


class SpecializationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Specialization
        fields = ["title", "summary"]
        labels = {"title": _("Title"), "summary": _("Summary")}
        help_texts = {"summary": _("One or two sentences: what somebody can do after it.")}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


class CourseForm(forms.Form):
    """A course to put into a series."""

    course = forms.ModelChoiceField(
        Course.objects.none(), label=_("Course"), to_field_name="public_id", empty_label=None
    )

    def __init__(self, courses: "QuerySet[Course]", data: Any = None) -> None:
        super().__init__(data)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]
