"""How Django draws forms here: label, hint, input, and the error beside it."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.template import TemplateDoesNotExist

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
