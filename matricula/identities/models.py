"""Connections to identity providers, the identities known by them, and what a browser has open there."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization
from matricula.security.seals import SealedField

SEAL = "connection"
"""What client secrets, and our own keys, are sealed for."""


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def live(self) -> Self:
        return self.filter(state=Connection.State.LIVE)


class Connection(models.Model):
    """An organization's set-up of one identity provider. Addresses set up there have its public id."""

    class Kind(models.TextChoices):
        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    class Product(models.TextChoices):
        """Whose words the page speaks. Nothing else depends on it."""

        ENTRA = "entra", "Microsoft Entra ID"
        OKTA = "okta", "Okta"
        GOOGLE = "google", "Google Workspace"
        KEYCLOAK = "keycloak", "Keycloak"
        ADFS = "adfs", "ADFS (Windows Server)"
        OTHER = "other", _("Another provider")

    class State(models.TextChoices):
        DRAFT = "draft", _("being set up")
        LIVE = "live", _("live")
        OFF = "off", _("off")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="connections")
    public_id = public_id_field()
    kind = models.CharField(max_length=4, choices=Kind)
    product = models.CharField(max_length=10, choices=Product, default=Product.OTHER)
    name = models.CharField(max_length=80)
    """What the button says: "Continue with …"."""
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    issuer = models.CharField(max_length=1024, blank=True)
    """Of OpenID Connect; the entityID of SAML."""
    client_id = models.CharField(max_length=300, blank=True)
    sealed_secret = SealedField(blank=True, purpose=SEAL)
    provider = models.JSONField(default=dict)
    """What its discovery document or metadata says, as far as it is used."""
    subject_from = models.CharField(max_length=200, blank=True)
    """The claim or attribute that says who somebody is; empty is `sub`, or the NameID."""
    email_from = models.CharField(max_length=200, blank=True)
    name_from = models.CharField(max_length=200, blank=True)
    """Where the hints are; empty is where providers usually put them."""
    scopes = models.CharField(max_length=200, blank=True)
    """Beyond our own three, parted by spaces (RFC 6749, 3.3)."""
    takes_unsolicited = models.BooleanField(default=False)
    """Answers that nobody asked for (SAML 2.0 Profiles, 4.1.5)."""
    keys = models.TextField(blank=True)
    """The provider's key set (RFC 7517), as it was last fetched."""
    keys_at = models.DateTimeField(null=True)
    metadata_address = models.CharField(max_length=500, blank=True)
    """Where the metadata of a SAML provider is looked at every day."""
    metadata_asked_at = models.DateTimeField(null=True)
    metadata_failing_since = models.DateTimeField(null=True)
    metadata_fault = models.CharField(max_length=300, blank=True)
    """Why the last look brought nothing. What there was stays in force."""
    tested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "issuer", "client_id"],
                condition=~Q(issuer=""),
                name="a_provider_once_in_a_company",
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(tested_at__isnull=False), name="live_only_after_a_test"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectionKeyQuerySet(models.QuerySet["ConnectionKey"]):
    def in_force(self) -> Self:
        return self.filter(retired_at__isnull=True)

    def signing(self) -> Self:
        """Theirs, in force: what their answers are signed with."""
        return self.in_force().filter(kind=ConnectionKey.Kind.SIGNING)

    def own(self) -> Self:
        """Ours, in force: what their answers may be encrypted for."""
        return self.in_force().filter(kind=ConnectionKey.Kind.OWN)


class ConnectionKey(models.Model):
    """A certificate of SAML: one that the provider signs with, or one of ours that it encrypts for.

    Several are in force while one takes another's place.
    """

    class Kind(models.TextChoices):
        SIGNING = "signing"
        OWN = "own"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.SIGNING)
    certificate = models.TextField()
    """Base64 of DER, as metadata writes it."""
    sealed_key = SealedField(blank=True, purpose=SEAL)
    """The private key (PKCS #8, PEM) of one of ours; of theirs we have none."""
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the certificate, hexadecimal."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    told_days = models.PositiveSmallIntegerField(null=True)
    """Of the last letter that said how soon it ends: 30, 7 or 1."""

    objects = ConnectionKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "fingerprint"],
                condition=Q(retired_at__isnull=True),
                name="a_certificate_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(kind="signing", sealed_key="") | (Q(kind="own") & ~Q(sealed_key="")),
                name="only_our_own_keys_are_private",
            ),
        ]

    @property
    def days_left(self) -> int:
        """Until it ends; negative afterwards. A pinned certificate counts all the same."""
        return (self.ends_at - timezone.now()).days


class IdentityQuerySet(models.QuerySet["Identity"]):
    def live(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Identity(models.Model):
    """A subject of a connection, linked to an account. Never found by an address."""

    class EndedBy(models.TextChoices):
        COMPANY = "company", _("the company")
        PERSON = "person", _("the person")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=512)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    public_id = public_id_field()
    email = models.CharField(max_length=254, blank=True)
    """As last asserted: a hint for the administrators' eyes, and proof of nothing."""
    email_doubted = models.BooleanField(default=False)
    """Its provider does not answer for it."""
    linked_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=7, choices=EndedBy, blank=True)
    allowed_again_at = models.DateTimeField(null=True)
    """The company ended it, and lets the subject be linked again since."""

    objects = IdentityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "subject"],
                condition=Q(ended_at__isnull=True),
                name="a_subject_is_one_person",
            ),
            models.UniqueConstraint(
                fields=["connection", "account"],
                condition=Q(ended_at__isnull=True),
                name="one_identity_a_connection",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(allowed_again_at__isnull=True) | Q(ended_by="company"),
                name="allowed_again_after_the_company_ended_it",
            ),
        ]


class Flow(models.Model):
    """One attempt to sign in, from leaving for the provider to coming back. Used once, within minutes."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        TEST = "test"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=7, choices=Purpose, default=Purpose.SIGN_IN)
    state_digest = models.CharField(max_length=64, unique=True)
    """Of the state that OpenID Connect brings back, or of the request's ID that SAML does."""
    browser_digest = models.CharField(max_length=64)
    """Only the browser that left may come back."""
    next_path = models.CharField(max_length=500, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Who was signed in here when it began, in person or by a company alone; who tests the connection."""
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class StoredAnswer(models.Model):
    """An answer that came by POST from another site, where a browser shows no cookie: judged at the GET that
    follows."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    flow = models.OneToOneField(Flow, null=True, on_delete=models.CASCADE, related_name="+")
    """Whose answer it says it is; none, where nobody asked."""
    handle_digest = models.CharField(max_length=64, unique=True)
    content = models.TextField()
    """Base64, as it came."""
    expires_at = models.DateTimeField()


class SeenNonce(models.Model):
    """What may come once: the assertions of a connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    value_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "value_digest"], name="an_assertion_comes_once")
        ]


class CompanySessionQuerySet(models.QuerySet["CompanySession"]):
    def live(self) -> Self:
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class CompanySession(models.Model):
    """A browser's sign-in with a company: opens the company's programs, and nothing that is the person's own.

    Many may be of one browser session, which keeps their handles; the row is asked at every page, so that
    what the company ends is over in the same second. One without an identity came by a recovery code of an
    owner, and opens the company's console only.
    """

    handle_digest = models.CharField(max_length=64, unique=True)
    identity = models.ForeignKey(Identity, null=True, on_delete=models.CASCADE, related_name="sessions")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CompanySessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "organization"],
                condition=Q(ended_at__isnull=True),
                name="company_sessions_of_a_person",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Account and organization are those of the identity, where there is one."""
        if self.identity is not None:
            self.account_id = self.identity.account_id
            self.organization_id = self.identity.connection.organization_id
        super().save(*args, **kwargs)


class OwnerRecoveryCodeQuerySet(models.QuerySet["OwnerRecoveryCode"]):
    def unspent(self) -> Self:
        return self.filter(used_at__isnull=True)


class OwnerRecoveryCode(models.Model):
    """Lets an owner into an organization's console once, on a day when its sign-in does not work."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = OwnerRecoveryCodeQuerySet.as_manager()
