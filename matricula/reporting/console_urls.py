from django.urls import include, path

from matricula.reporting.views import audit_log, overview, records, reports
from matricula.reporting.views import people as people_pages

people = [
    path("", people_pages.people, name="people"),
    path("people.csv", people_pages.export, name="export"),
    path("<str:account_id>/", people_pages.somebody, name="somebody"),
]
reporting = [
    path("overview/", overview.overview, name="overview"),
    path("programs/<str:program_id>/", overview.program, name="program"),
    path("reports/", reports.reports, name="reports"),
    path("reports/report.<str:form>", reports.report_file, name="report-file"),
    path("reports/people/", records.learning_records, name="records"),
    path("reports/people.<str:form>", records.learning_records_file, name="records-file"),
    path("audit/", audit_log.show_audit_log, name="audit-log"),
    path("audit/audit.csv", audit_log.audit_log_file, name="audit-log-file"),
]
urlpatterns = [
    path("people/", include((people, "people"))),
    path("", include((reporting, "reporting"))),
]
