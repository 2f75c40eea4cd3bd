"""Where a certificate can be shown elsewhere."""

from urllib.parse import urlencode

from matricula.credentials.models import Certificate

LINKEDIN = "https://www.linkedin.com/profile/add"


def linkedin_address(certificate: Certificate, address: str) -> str:
    """LinkedIn's form for certifications, filled in; nothing is sent before its holder saves it there."""
    issued = certificate.issued_at
    asked = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": certificate.organization_name,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certId": certificate.public_id,
        "certUrl": address,
    }
    return f"{LINKEDIN}?{urlencode(asked)}"
