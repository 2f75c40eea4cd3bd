"""What a kept certificate says of itself, for owners who compare it with what their provider shows."""

from django import template

from matricula.sso.errors import SingleSignOnError
from matricula.sso.x509_certificates import read_certificate

register = template.Library()


@register.filter
def certificate_words(kept: str) -> str:
    """`{{ key.certificate|certificate_words }}`: whose it is, and what kind of key it has."""
    try:
        certificate = read_certificate(kept)
        return " · ".join(filter(None, [certificate.subject, certificate.key_words]))
    except SingleSignOnError:
        return ""
