from django.urls import include, path

from matricula.leaving.views import removing

departures = [
    path("departures/", removing.departures, name="departures"),
    path("departures/<str:departure_id>/removal/", removing.removal_now, name="now"),
    path("departures/<str:departure_id>/staying/", removing.staying, name="stay"),
    path("people/memberships/<int:membership_id>/removal/", removing.removal, name="remove"),
]
urlpatterns = [path("", include((departures, "departures")))]
