from django.urls import include, path

from matricula.leaving.views import entries

patterns = [
    path("", entries.entries, name="entries"),
    path("requests/<str:asked_id>/", entries.answer, name="answer"),
    path("<int:one_id>/<int:other_id>/letter/", entries.suggest, name="suggest"),
    path("<int:one_id>/<int:other_id>/two-people/", entries.two_people, name="two-people"),
    path("<int:one_id>/<int:other_id>/undecided/", entries.undecided, name="undecided"),
]
urlpatterns = [path("people/entries/twice/", include((patterns, "entries")))]
