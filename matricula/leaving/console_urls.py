from django.urls import include, path

from matricula.leaving.views import entries, removing

doubled = [
    path("", entries.entries, name="entries"),
    path("requests/<str:asked_id>/", entries.answer, name="answer"),
    path("<int:one_id>/<int:other_id>/letter/", entries.suggest, name="suggest"),
    path("<int:one_id>/<int:other_id>/two-people/", entries.two_people, name="two-people"),
    path("<int:one_id>/<int:other_id>/undecided/", entries.undecided, name="undecided"),
]
departures = [
    path("departures/", removing.departures, name="departures"),
    path("departures/<str:departure_id>/removal/", removing.removal_now, name="now"),
    path("departures/<str:departure_id>/staying/", removing.staying, name="stay"),
    path("people/memberships/<int:membership_id>/removal/", removing.removal, name="remove"),
]
urlpatterns = [
    path("people/entries/twice/", include((doubled, "entries"))),
    path("", include((departures, "departures"))),
]
