from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.accounts.confirmation import CONFIRMATION, mint_proofs
from matricula.accounts.factor_removals import stopping_secret
from matricula.accounts.mailboxes import ADDRESSES
from matricula.accounts.models import EmailAddress, FactorRemoval, PasswordReset, SecondFactor
from matricula.accounts.passwords import PASSWORD, RESET
from matricula.accounts.second_factors import REMOVALS, SECOND_FACTORS
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.security.secrets import digest, new_link_secret


@composes(CONFIRMATION)
def compose_confirmation_letter(letter: Letter) -> LetterContent | None:
    """Mints code and link; only their digests stay."""
    values = mint_proofs(letter.reference or 0)
    about = {name: plain_words(letter.context.get(name, "")) for name in ("name", "what")}
    return LetterContent("accounts/email/confirmation", values | about) if values else None


@composes(PASSWORD)
def compose_password_letter(letter: Letter) -> LetterContent:
    return LetterContent("accounts/email/password")


@composes(RESET)
def compose_reset_letter(letter: Letter) -> LetterContent | None:
    """Mints the link. Moot unless the letter still goes to an address that recovers, as it was asked for."""
    email = EmailAddress.objects.recovering().filter(pk=letter.reference or 0, address=letter.to).first()
    if email is None:
        return None
    secret, next_path = new_link_secret(), letter.context.get("next", "")
    PasswordReset.objects.create(email=email, next_path=next_path, link_digest=digest("reset", secret))
    return LetterContent("accounts/email/reset", {"link": f"{settings.BASE_URL}/account/reset/{secret}/"})


@composes(ADDRESSES)
def compose_addresses_letter(letter: Letter) -> LetterContent:
    """The address as it was typed, by somebody in this account: its owner has to know a mistyped one."""
    return LetterContent("accounts/email/addresses", dict(letter.context))


@composes(REMOVALS)
def compose_removal_letter(letter: Letter) -> LetterContent | None:
    """The news that it was asked for is moot once it was stopped."""
    if letter.context["change"] != "asked":
        return LetterContent("accounts/email/factor_removal", dict(letter.context))
    removal = FactorRemoval.objects.filter(pk=letter.reference or 0).first()
    if removal is None:
        return None
    page = reverse("accounts:stop-removal-link", args=[removal.pk, stopping_secret(removal.pk)])
    values = {"change": "asked", "day": removal.due_at, "link": settings.BASE_URL + page}
    return LetterContent("accounts/email/factor_removal", values)


@composes(SECOND_FACTORS)
def compose_second_factor_letter(letter: Letter) -> LetterContent:
    """A passkey is called as its owner calls it."""
    values = dict(letter.context) | {"factor": plain_words(letter.context["factor"])}
    if values.get("kind") == SecondFactor.Kind.TOTP:
        values["factor"] = _("Authenticator app")
    return LetterContent("accounts/email/second_factor", values)
