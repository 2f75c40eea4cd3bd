"""Version 1: its operations, put together."""

from matricula.api.operations import Door, StrictParser
from matricula.api.resources import (
    administrators,
    branding,
    catalog,
    groups,
    imports,
    invitations,
    links,
    people,
    programs,
    reports,
    requests,
    specializations,
    uploads,
)

door = Door(
    title="Matricula",
    version="1",
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-operations",
)
for operations in (
    programs.organization_operations,
    programs.operations,
    catalog.operations,
    specializations.operations,
    uploads.operations,
    groups.operations,
    invitations.operations,
    imports.operations,
    links.operations,
    requests.operations,
    people.operations,
    administrators.operations,
    branding.operations,
    reports.operations,
    reports.audit_log_operations,
):
    door.add_router("", operations)
