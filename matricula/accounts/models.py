"""The person: an account for life, the addresses that reach it, and what proves them."""

from datetime import date, datetime, timedelta
from typing import Any, NoReturn, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from matricula.db.days import day_there
from matricula.db.public_ids import public_id_field
from matricula.mail.addresses import canonical
from matricula.security.clients import device_name, network_name
from matricula.security.seals import SealedField
from matricula.security.secrets import digests


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(public_id=username)


class Account(AbstractBaseUser):
    """A person's own account, theirs for life."""

    public_id = public_id_field()
    full_name = models.CharField(max_length=200)
    certificate_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    auth_epoch = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    vouched_at = models.DateTimeField(null=True)
    """Since when somebody other than its mailboxes answers for whose it is. It confirms no address."""
    combined_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="combined_with"
    )
    """The account that took this one in (room `leaving`): whatever is of the person is that one's."""
    deleted_at = models.DateTimeField(null=True)
    """Its owner deleted it (room `leaving`). The row stays: journals and courses name it."""
    held_at = models.DateTimeField(null=True)
    """Since when whoever runs the site has it kept as it is: nobody deletes or combines it."""
    created_at = models.DateTimeField(default=timezone.now)
    last_login = None
    """Sessions know it, each for itself."""

    USERNAME_FIELD = "public_id"
    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(combined_into__isnull=True) | (Q(is_active=False) & ~Q(combined_into=F("pk"))),
                name="combined_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(is_active=False), name="deleted_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: whom a journal, a course or a certificate names stays known, if only as a row without a
        name. An account that nothing came of yet goes as a row of a query."""
        raise TypeError("an account is not deleted as an object")

    @property
    def name_for_certificates(self) -> str:
        return self.certificate_name or self.full_name

    @property
    def primary_address(self) -> "EmailAddress | None":
        return self.addresses.filter(is_primary=True).first()

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `auth_epoch`, so that older sessions end."""
        return self.session_hashes()[0]

    def get_session_auth_fallback_hash(self) -> list[str]:
        return self.session_hashes()[1:]

    def session_hashes(self) -> list[str]:
        """By each key of the site."""
        return digests("session-auth", f"{self.password}:{self.auth_epoch}")

    def end_sessions(self) -> None:
        """Whoever is signed in to this account, anywhere, no longer is."""
        Account.objects.filter(pk=self.pk).update(auth_epoch=F("auth_epoch") + 1)
        self.refresh_from_db(fields=["auth_epoch"])
        Session.objects.filter(account_id=self.pk).delete()

    def vouch(self, address: str) -> bool:
        """From now on it is in use, and no mailbox takes it over; False when it changed hands meanwhile.

        Its unproven `address`, where the link was sent to, may bring back a forgotten password.
        """
        mine = Account.objects.filter(pk=self.pk, auth_epoch=self.auth_epoch)
        if not mine.update(vouched_at=Coalesce("vouched_at", timezone.now())):
            return False
        listed = self.addresses.spelled(address)
        listed.update(vouched_at=Coalesce("vouched_at", timezone.now()), power_ends_at=None)
        return True

    def has_confirmed(self, address: str, since: datetime | None = None) -> bool:
        """Whether a proof holds: none older than the end of the tie it came with does, nor than `since`."""
        rows = self.addresses.lasting().filter(canonical=canonical(address))
        return (rows.filter(confirmed_at__gt=since) if since else rows).exists()

    @property
    def is_confirmed(self) -> bool:
        return self.addresses.confirmed().exists()

    @property
    def is_claimable(self) -> bool:
        """Nothing says whose it is yet, so the first mailbox to be proven has it."""
        return self.vouched_at is None and not self.is_confirmed


IN_ORDER_OF_PROOF = (F("confirmed_at").asc(nulls_last=True), F("vouched_at").asc(nulls_last=True), "id")
"""Who has an address: who proved it, else whom a program answers for, else who claimed it first."""


class EmailAddressQuerySet(models.QuerySet["EmailAddress"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def lasting(self) -> Self:
        """Confirmed, and not come with a tie to an organization that ended."""
        return self.confirmed().filter(power_ends_at__isnull=True)

    def ways_in(self) -> Self:
        """Those that will let their owner log in, and back in, for good."""
        return self.lasting().filter(signs_in=True)

    def unproven_ways_in(self) -> Self:
        """Those that would be, had their owner confirmed them."""
        return self.filter(confirmed_at__isnull=True, power_ends_at__isnull=True, signs_in=True)

    def recovering(self) -> Self:
        """Those whose reader may choose a new password. Asked again whenever a link of theirs is used.

        One that a program vouches for is enough until the account has proven another.
        """
        proven = EmailAddress.objects.confirmed().filter(account=OuterRef("account"))
        vouched = Q(vouched_at__isnull=False) & ~Exists(proven)
        powerful = Q(power_ends_at__isnull=True) | Q(power_ends_at__gt=timezone.now())
        return self.filter(powerful, Q(confirmed_at__isnull=False) | vouched, signs_in=True)

    def spelled(self, address: str) -> Self:
        """The rows of this mailbox, however it was typed."""
        return self.filter(canonical=canonical(address))


class EmailAddress(models.Model):
    """An address of an account. Only a confirmed one is known to reach the person.

    `signs_in`: it may be typed at log-in, as a name beside the password. Whether its reader may choose a new
    password is another question (`recovering`).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    is_primary = models.BooleanField(default=False)
    signs_in = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    vouched_at = models.DateTimeField(null=True)
    """Since when a program that trusts its e-mailed links answers for it. It is not proven by that."""
    power_ends_at = models.DateTimeField(null=True)
    """Promised, when the tie it came with ended: from then on it proves and recovers nothing, and is no more
    than a name for logging in."""
    power_zone = models.CharField(max_length=60, blank=True)
    """Where the day lies that was promised: the time zone of whom its owner left."""

    objects = EmailAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["canonical"],
                condition=Q(confirmed_at__isnull=False),
                name="one_account_proves_a_mailbox",
            ),
            models.UniqueConstraint(fields=["account", "canonical"], name="an_account_lists_an_address_once"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_primary=True), name="one_primary_address_per_account"
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(confirmed_at__isnull=False, signs_in=True),
                name="only_a_confirmed_address_is_primary",
            ),
        ]
        indexes = [
            models.Index(fields=["canonical"], name="address_by_canonical"),
            models.Index(
                fields=["power_ends_at"],
                condition=Q(power_ends_at__isnull=False),
                name="addresses_losing_power",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.canonical = canonical(self.address)
        super().save(*args, **kwargs)

    @property
    def is_lasting(self) -> bool:
        """As `lasting` says of many."""
        return self.confirmed_at is not None and self.power_ends_at is None

    @property
    def power_has_ended(self) -> bool:
        return self.power_ends_at is not None and self.power_ends_at <= timezone.now()

    @property
    def power_ends_on(self) -> date | None:
        """The day that was promised, as it is called where it was promised."""
        zone = self.power_zone or settings.TIME_ZONE
        return day_there(self.power_ends_at, zone) if self.power_ends_at else None


class Confirmation(models.Model):
    """One letter with a code and a link; either proves the mailbox, once."""

    CODE_MINUTES = 15
    LINK_HOURS = 24
    TRIES = 5
    COOL_DOWN_SECONDS = 60
    PARTING = "parting"
    """The purpose of one that was asked for because another address of the account loses its power."""

    email = models.ForeignKey(EmailAddress, on_delete=models.CASCADE, related_name="confirmations")
    purpose = models.CharField(max_length=60, blank=True)
    """What the asker holds from this mailbox, such as `invitation:7`; its letters and tries count apart."""
    code_digest = models.CharField(max_length=64, blank=True)
    link_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - set when sent
    requested_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=5), name="five_tries_and_no_more")]

    @property
    def opens_until(self) -> datetime | None:
        """When its letter is of no use any more; None where that hangs on another address."""
        return None if self.purpose == self.PARTING else self.requested_at + timedelta(hours=self.LINK_HOURS)


class PasswordReset(models.Model):
    """A letter that lets the holder of the mailbox choose a new password, once."""

    HOURS = 2

    email = models.ForeignKey(EmailAddress, on_delete=models.CASCADE)
    link_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - set when sent
    requested_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    next_path = models.CharField(max_length=300, blank=True)


SEAL = "second factor"


class SecondFactor(models.Model):
    """An authenticator app (RFC 6238) or a passkey (WebAuthn Level 2)."""

    class Kind(models.TextChoices):
        TOTP = "totp"
        PASSKEY = "passkey"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    sealed = SealedField(purpose=SEAL)
    counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(kind="totp"), name="one_authenticator_app"
            )
        ]


class RecoveryCode(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)


class FactorRemoval(models.Model):
    """Somebody with the right password has neither device nor codes: the factors come off at `due_at`.

    A row that is gone was stopped or carried out; the audit log says which.
    """

    HOURS = 72

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="factor_removal")
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(db_index=True)


class Session(AbstractBaseSession):
    """A browser that is signed in. The key is kept as a digest; see `sessions.py`."""

    account_id = models.BigIntegerField(null=True, db_index=True)
    network = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    seen_from = models.CharField(max_length=60, blank=True)

    @property
    def device(self) -> str:
        """Browser and system in plain words, as the browser itself says (RFC 9110, section 10.1.5)."""
        return device_name(self.browser)

    def place(self, here: str) -> str:
        """Where the browser was seen last, as somebody at the network address `here` would say it."""
        return network_name(self.seen_from or self.network, here)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from matricula.accounts.sessions import SessionStore

        return SessionStore
