from django.urls import include, path

from matricula.leaving.views import leavers, removing

departures = [
    path("departures/", removing.departures, name="departures"),
    path("departures/lists/", leavers.lists, name="lists"),
    path("departures/lists/new/", leavers.new_list, name="new-list"),
    path("departures/lists/<str:list_id>/", leavers.one_list, name="list"),
    path("departures/lists/<str:list_id>/column/", leavers.column, name="list-column"),
    path("departures/lists/<str:list_id>/confirmation/", leavers.confirmation, name="confirm-list"),
    path("departures/lists/<str:list_id>/cancellation/", leavers.cancellation, name="cancel-list"),
    path("departures/lists/<str:list_id>/stopping/", leavers.stopping, name="stop-list"),
    path("departures/lists/<str:list_id>/result/", leavers.result, name="list-result"),
    path("departures/<str:departure_id>/removal/", removing.removal_now, name="now"),
    path("departures/<str:departure_id>/staying/", removing.staying, name="stay"),
    path("programs/<str:program_id>/end/", removing.program_end, name="program-end"),
    path("people/memberships/<int:membership_id>/removal/", removing.removal, name="remove"),
]
urlpatterns = [path("", include((departures, "departures")))]
