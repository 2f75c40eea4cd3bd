from django.urls import URLPattern, path, re_path, register_converter

from matricula.api.access import Takes, holding_token
from matricula.api.views import documentation
from matricula.catalog.uploads import LARGEST as LARGEST_COURSE
from matricula.db.public_ids import PUBLIC_ID_LENGTH
from matricula.files.pictures import LARGEST as LARGEST_PICTURE
from matricula.web.bodies import MIB


class PublicIdConverter:
    """What cannot be a public id is no address at all."""

    regex = f"[A-Za-z0-9_-]{{{PUBLIC_ID_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PublicIdConverter, "public")


def operations() -> list[URLPattern]:
    """Those of version 1, each behind the token."""
    from matricula.api.resources import branding, imports, uploads
    from matricula.api.v1 import door

    files = {
        imports.PATH: Takes(imports.LARGEST, imports.WRITE),
        uploads.UPLOADS: Takes(LARGEST_COURSE + MIB, uploads.WRITE),
        branding.LOGO: Takes(LARGEST_PICTURE + MIB, branding.WRITE),
    }
    found = [one for one in door.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback = holding_token(one.callback, files.get(str(one.pattern)))
    return found


app_name = "api"
urlpatterns = [
    path("v1/", documentation.front, name="front"),
    path("v1/openapi.json", documentation.document, name="document"),
    path("v1/docs/", documentation.reference, name="reference"),
    *[path("v1/" + str(one.pattern), one.callback, name=one.name) for one in operations()],
    re_path("", documentation.nothing, name="nothing"),
]
