"""What can be wrong with XML, certificates and metadata, in words for whoever brings them."""

from django.utils.translation import gettext_lazy as _

from matricula.sso.errors import SingleSignOnError


class UnreadableXML(SingleSignOnError):
    """The document is not read at all. `code` says what is wrong with it: one of `FLAWS`."""

    FLAWS = {
        "xml_size": _("The file is too large."),
        "xml_encoding": _("The file is not written in UTF-8."),
        "xml_declaration": _("The file does not begin like XML 1.0 in UTF-8."),
        "xml_doctype": _("The file has a DOCTYPE or an entity, which are not read here."),
        "xml_comment": _("The file has a comment, which is not read here."),
        "xml_instruction": _("The file has a processing instruction, which is not read here."),
        "xml_cdata": _("The file has a CDATA section, which is not read here."),
        "xml_malformed": _("The file is not well-formed XML."),
        "xml_depth": _("The file is nested too deeply."),
        "xml_duplicate_id": _("The file gives the same ID to several elements."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(self.FLAWS[self.code])


class CertificateRefused(SingleSignOnError):
    """A certificate of a connection stays as it is."""

    code = "certificate_refused"


class CertificateKnown(CertificateRefused):
    code = "certificate_known"
    sentence = _("This certificate is in force already.")


class TooManyCertificates(CertificateRefused):
    """Each answer is tried with each."""

    code = "too_many_certificates"
    sentence = _(
        "10 certificates are in force already, and more are not taken. Retire those that are no longer used."
    )


class LastCertificate(CertificateRefused):
    code = "last_certificate"
    sentence = _("This is the only certificate. Add the next one before you retire it.")


class SuccessorUnused(CertificateRefused):
    """Nobody has seen the provider sign with another one."""

    code = "successor_unused"
    sentence = _(
        "So far no answer was signed with another certificate. Confirm that your provider no longer uses this"
        " one, or wait until an answer was."
    )


class TooManyKeys(CertificateRefused):
    code = "too_many_keys"
    sentence = _("Two keys are published already. Retire the old one first.")


class CertificateUnreadable(SingleSignOnError):
    """Neither PEM nor base64 of a certificate."""

    code = "certificate_unreadable"
    sentence = _("This is not an X.509 certificate. Paste it whole, from its first line to its last.")


class CertificateTooWeak(SingleSignOnError):
    """A key that nobody should sign with today."""

    code = "certificate_too_weak"
    sentence = _(
        "The key of this certificate is too weak: RSA of 2048 bits or more, P-256 and P-384 are accepted."
    )


class MetadataMissing(SingleSignOnError):
    """Nothing is known of the provider yet, and nothing was given."""

    code = "metadata_missing"
    sentence = _("Give the metadata of your identity provider: its address, its text or its file.")


class LookedAtJustNow(SingleSignOnError):
    """The address is asked once a minute at most."""

    code = "looked_at_just_now"
    sentence = _("It was looked at less than a minute ago. Wait a moment.")


class NoIdentityProvider(SingleSignOnError):
    """Metadata of something else: often of a service provider."""

    code = "no_identity_provider"
    sentence = _("This file describes no SAML 2.0 identity provider. Is it the metadata of the right side?")


class SeveralIdentityProviders(SingleSignOnError):
    """Many are in the file and none was chosen."""

    code = "several_identity_providers"
    sentence = _("This file describes several identity providers. Choose one.")


class IdentityProviderNotThere(SingleSignOnError):
    """The chosen one is not in the file, or is in it twice."""

    code = "identity_provider_not_there"
    sentence = _("The identity provider that was chosen is not in this file, or is in it twice.")


class MetadataExpired(SingleSignOnError):
    """Its author wanted it to be used no longer (SAML 2.0 Metadata, 2.3.2, validUntil)."""

    code = "metadata_expired"
    sentence = _(
        "This metadata was valid until a day that has passed. Get it anew from the identity provider."
    )


class NoSignOnAddress(SingleSignOnError):
    """No endpoint to which a browser can be led."""

    code = "no_sign_on_address"
    sentence = _("The metadata has no sign-on address that we can use: https, by HTTP-Redirect or HTTP-POST.")


class NoSigningCertificate(SingleSignOnError):
    """Nothing that its answers could be verified with."""

    code = "no_signing_certificate"
    sentence = _("The metadata has no certificate with which the identity provider signs.")
