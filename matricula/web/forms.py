from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms in the product's own markup: label, hint, input, and the error beside it."""
