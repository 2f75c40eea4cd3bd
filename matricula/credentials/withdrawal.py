"""Certificates of accounts that were deleted: withdrawn at once, and known as such for good."""

from matricula.credentials.errors import CertificateWithdrawn
from matricula.credentials.models import Certificate, WithdrawnCertificate

AT_ONCE = 200
"""What was printed of each goes with it, a file or two."""


def refuse_withdrawn(public_id: str) -> None:
    """Raises CertificateWithdrawn: its holder deleted their account, be it that they may still come back."""
    held = Certificate.objects.filter(public_id=public_id).values_list("account__deleted_at", flat=True)
    days = list(held) or list(
        WithdrawnCertificate.objects.filter(public_id=public_id).values_list("withdrawn_at", flat=True)
    )
    for day in filter(None, days):
        raise CertificateWithdrawn(day)


def forget_certificates(accounts: set[int]) -> int:
    """Some of those that these accounts have; how many. Their pages go on saying that they were withdrawn."""
    some = list(
        Certificate.objects.filter(account__in=accounts).select_related("account").order_by("pk")[:AT_ONCE]
    )
    WithdrawnCertificate.objects.bulk_create(
        [
            WithdrawnCertificate(
                public_id=one.public_id, withdrawn_at=one.account.deleted_at or one.issued_at
            )
            for one in some
        ],
        ignore_conflicts=True,
    )
    Certificate.objects.filter(pk__in=[one.pk for one in some]).delete()
    return len(some)
