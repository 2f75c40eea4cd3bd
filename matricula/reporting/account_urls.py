from django.urls import path

from matricula.reporting.views import companies

app_name = "companies"
urlpatterns = [
    path("<slug:slug>/", companies.company, name="company"),
    path("<slug:slug>/readings/", companies.readings, name="readings"),
    path("<slug:slug>/lists/", companies.list_readings, name="list-readings"),
]
