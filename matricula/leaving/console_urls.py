from django.urls import include, path

from matricula.leaving.views import entries, leavers, removing

doubled = [
    path("", entries.entries, name="entries"),
    path("requests/<str:asked_id>/", entries.answer, name="answer"),
    path("<int:one_id>/<int:other_id>/letter/", entries.suggest, name="suggest"),
    path("<int:one_id>/<int:other_id>/two-people/", entries.two_people, name="two-people"),
    path("<int:one_id>/<int:other_id>/undecided/", entries.undecided, name="undecided"),
]
departures = [
    path("departures/", removing.departures, name="departures"),
    path("departures/lists/", leavers.lists, name="lists"),
    path("departures/lists/new/", leavers.new_list, name="new-list"),
    path("departures/lists/<str:list_id>/", leavers.one_list, name="list"),
    path("departures/lists/<str:list_id>/column/", leavers.column, name="list-column"),
    path("departures/lists/<str:list_id>/confirmation/", leavers.confirmation, name="confirm-list"),
    path("departures/lists/<str:list_id>/cancellation/", leavers.cancellation, name="cancel-list"),
    path("departures/lists/<str:list_id>/stopping/", leavers.stop_list, name="stop-list"),
    path("departures/lists/<str:list_id>/result/", leavers.result, name="list-result"),
    path("departures/<str:departure_id>/removal/", removing.removal_now, name="now"),
    path("departures/<str:departure_id>/staying/", removing.staying, name="stay"),
    path("programs/<str:program_id>/end/", removing.program_end, name="program-end"),
    path("people/memberships/<int:membership_id>/removal/", removing.removal, name="remove"),
]
urlpatterns = [
    path("people/entries/twice/", include((doubled, "entries"))),
    path("", include((departures, "departures"))),
]
