from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms in the product's own markup: label, hint, input, and the error beside it."""

    field_template_name = "web/field.html"
    form_template_name = "web/form.html"
