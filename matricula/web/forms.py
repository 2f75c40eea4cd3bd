"""How Django draws forms here: label, hint, input, and the error beside it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.template import TemplateDoesNotExist

from matricula.db.paging import parse_id

OWN = "web/forms/"


class Renderer(TemplatesSetting):
    """A template in `web/forms/` stands in for Django's of the same name in `django/forms/`."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"

    def get_template(self, template_name: str) -> Any:
        try:
            return super().get_template(template_name.replace("django/forms/", OWN, 1))
        except TemplateDoesNotExist:
            return super().get_template(template_name)


class ManyChosenField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows chosen by their ids. What can be none is refused before a database is asked: SQLite fails."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if isinstance(one, str) and parse_id(one) is None:
                words = self.error_messages["invalid_pk_value"]
                raise ValidationError(words, code="invalid_pk_value", params={"pk": one[:20]})
        return super().clean(value)
