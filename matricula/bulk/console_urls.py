from django.urls import include, path

from matricula.bulk.views import acts

bulk = [
    path("new/", acts.new_act, name="new"),
    path("<str:bulk_act_id>/", acts.show_act, name="act"),
    path("<str:bulk_act_id>/stopping/", acts.stop_many, name="stop"),
]
urlpatterns = [path("bulk/", include((bulk, "bulk")))]
