"""Companies, the ties people have to them, and who may act for them."""

from contextlib import AbstractContextManager
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.days import check_zone
from matricula.db.public_ids import public_id_field
from matricula.files.pictures import WORDS
from matricula.mail.addresses import canonical


def site_time_zone() -> str:
    return str(settings.TIME_ZONE)


HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write a colour as # and six hexadecimal digits.")


class Organization(models.Model):
    """A company, university or agency that runs learning programs."""

    class DoubledEntries(models.TextChoices):
        """Who decides which entry of a person stays whom the organization has twice."""

        ASK = "ask", _("We are asked, each time")
        ALLOW = "allow", _("The person chooses")
        NEVER = "never", _("Nobody: two entries stay two")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    brand_colour = models.CharField(max_length=7, default="#2f4b8f", validators=[HEX_COLOUR])
    logo = models.CharField(max_length=200, blank=True)
    logo_ratio = models.FloatField(default=1)
    logo_is_pale = models.BooleanField(default=False)
    signature = models.CharField(max_length=200, blank=True)
    """A picture, as `logo`; it stands on certificates, above the name and role of whoever signs them."""
    signature_ratio = models.FloatField(default=1)
    signatory_name = models.CharField(max_length=200, blank=True)
    signatory_role = models.CharField(max_length=200, blank=True)
    greeting = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default=site_time_zone, validators=[check_zone])
    alternative_email_required = models.BooleanField(default=True)
    doubled_entries = models.CharField(max_length=5, choices=DoubledEntries, default=DoubledEntries.ASK)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    def calendar(self) -> AbstractContextManager[None]:
        """Within it, pages and letters write days and times as they are where the organization is."""
        return timezone.override(ZoneInfo(self.time_zone))

    @property
    def brand_url(self) -> str:
        """The stylesheet of its colours: another address with another colour, so that browsers keep it."""
        return f"{reverse('organizations:brand', args=[self.slug])}?{self.brand_colour.lstrip('#')}"

    @property
    def logo_url(self) -> str:
        """Where the picture is shown from; nothing without one."""
        return reverse("organizations:logo", args=[self.slug, self.logo]) if self.logo else ""

    @property
    def logo_width(self) -> int:
        """In percent of its height."""
        return round(100 * self.logo_ratio)

    @property
    def shown_logo(self) -> "Logo | None":
        """The picture itself, without what it holds."""
        return self.picture(self.logo)

    @property
    def shown_signature(self) -> "Logo | None":
        return self.picture(self.signature)

    def picture(self, name: str) -> "Logo | None":
        digest = name.partition(".")[0]
        return self.logos.only("digest").filter(digest=digest).first() if digest else None

    @property
    def signature_url(self) -> str:
        return reverse("organizations:logo", args=[self.slug, self.signature]) if self.signature else ""

    @property
    def signature_width(self) -> int:
        """In percent of its height."""
        return round(100 * self.signature_ratio)


class Logo(models.Model):
    """A picture an organization has shown, its logo or a signature. It stays when another takes its place, or
    when the organization goes: letters and certificates show it still."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.SET_NULL, related_name="logos")
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    for_letters = models.BinaryField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="a_logo_once_in_a_company")
        ]


class LogoUpload(models.Model):
    """A picture that was uploaded, kept as it came until the worker has drawn it, and shown never."""

    class Use(models.TextChoices):
        LOGO = "logo"
        SIGNATURE = "signature"

    class State(models.TextChoices):
        DRAWING = "drawing"
        SHOWN = "shown"
        REFUSED = "refused"
        REPLACED = "replaced"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="logo_uploads")
    public_id = public_id_field()
    content = models.BinaryField()
    use = models.CharField(max_length=9, choices=Use, default=Use.LOGO)
    """What it is shown as."""
    state = models.CharField(max_length=8, choices=State, default=State.DRAWING)
    refusal = models.CharField(max_length=20, blank=True)
    """One of WORDS in files/pictures.py."""
    through = models.CharField(max_length=160, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    @property
    def why_refused(self) -> str:
        """In words; nothing while it is not."""
        return str(WORDS.get(self.refusal, "")) if self.state == self.State.REFUSED else ""


class DomainQuerySet(models.QuerySet["Domain"]):
    def proven(self) -> Self:
        return self.filter(proven_at__isnull=False, lost_at__isnull=True)


class Domain(models.Model):
    """A domain of mail that an organization says is its own, and proves by a record of it."""

    class Finding(models.TextChoices):
        FOUND = "found"
        ABSENT = "absent"
        OTHER = "other"
        UNANSWERED = "unanswered"
        TAKEN = "taken"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    public_id = public_id_field()
    name = models.CharField(max_length=253)
    """In ASCII, by IDNA 2008."""
    secret = models.CharField(max_length=32)
    """Stands in the record, for everybody to read: it says who asked, and opens nothing."""
    asked_at = models.DateTimeField(default=timezone.now)
    proven_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=10, choices=Finding, blank=True)
    seen = models.TextField(blank=True)
    """What stood in the record instead, as far as a page can show it."""
    misses = models.PositiveSmallIntegerField(default=0)
    """How often in a row the weekly look did not find it."""
    lost_at = models.DateTimeField(null=True)

    objects = DomainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="a_domain_once_in_a_company"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(proven_at__isnull=False, lost_at__isnull=True),
                name="a_domain_proven_by_one_company",
            ),
            models.CheckConstraint(
                condition=Q(lost_at__isnull=True) | Q(proven_at__isnull=False),
                name="only_a_proven_domain_is_lost",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_proven(self) -> bool:
        return self.proven_at is not None and self.lost_at is None

    @property
    def record_name(self) -> str:
        return f"_matricula-challenge.{self.name}"

    @property
    def record_value(self) -> str:
        return f"matricula-domain-verification={self.secret}"


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def live(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def locked(self, **which: int) -> Self:
        """The live ones of `which`: nobody else ends them, or relies on them, until the transaction ends."""
        return self.live().filter(**which).select_for_update(no_key=True)

    def live_first(self) -> Self:
        """Then those that ended, the latest first."""
        return self.order_by(F("ended_at").desc(nulls_first=True), "-pk")


class Affiliation(models.Model):
    """The tie between an account and an organization; it holds the work e-mail."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="affiliations")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="affiliations", db_index=False
    )
    work_email = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - null keeps the unique constraint quiet
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    leaving_at = models.DateTimeField(null=True)
    """When the person leaves unless they come back before, as a letter told them."""
    back_at = models.DateTimeField(null=True)
    """When they came back after such a letter."""
    folded_name = models.TextField(db_default="", editable=False)
    """The person's name in lower case: a copy that the database keeps (`triggers.py`)."""

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account"],
                condition=Q(ended_at__isnull=True),
                name="one_person_once_in_a_company",
            ),
            models.UniqueConstraint(
                fields=["organization", "canonical"],
                condition=Q(ended_at__isnull=True),
                name="one_person_a_work_email",
            ),
            models.UniqueConstraint(fields=["organization", "external_id"], name="one_person_an_external_id"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "folded_name", "id"],
                condition=Q(ended_at__isnull=True),
                name="entries_by_name",
            ),
            models.Index(fields=["account", "canonical"], name="mailboxes_of_a_person"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.canonical = canonical(self.work_email)
        super().save(*args, **kwargs)

    @property
    def as_history(self) -> "Affiliation":
        """A row of its own that says what the tie was like until now."""
        return Affiliation(
            organization_id=self.organization_id,
            account_id=self.account_id,
            work_email=self.work_email,
            canonical=self.canonical,
            started_at=self.started_at,
            ended_at=timezone.now(),
        )


class Role(models.Model):
    """What an account may do in an organization's console."""

    class Kind(models.TextChoices):
        OWNER = "owner", _("Owner")
        PROGRAM_ADMINISTRATOR = "program_administrator", _("Program administrator")
        GROUP_MANAGER = "group_manager", _("Group manager")
        VIEWER = "viewer", _("Viewer")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=24, choices=Kind)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "account"], name="one_role_in_a_company")
        ]


class RetentionRule(models.Model):
    """For how many months an organization keeps a `subject` (`retention.py`), and what the last night did."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="retention_rules")
    subject = models.CharField(max_length=20)
    months = models.PositiveSmallIntegerField()
    last_at = models.DateTimeField(null=True)
    last_done = models.JSONField(default=dict)
    """How many, by act."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "subject"], name="one_rule_a_subject"),
            models.CheckConstraint(condition=Q(months__gte=1), name="kept_for_a_month_at_least"),
        ]
