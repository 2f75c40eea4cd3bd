from django.urls import path

from matricula.leaving.views import combining, data, deleting, departing, proving, taking_back, undoing

app_name = "leaving"
urlpatterns = [
    path("companies/", departing.companies, name="companies"),
    path("companies/<slug:slug>/leave/", departing.leave_company_page, name="leave-company"),
    path("programs/<str:program_id>/leave/", departing.leave_program_page, name="leave-program"),
    path("data/", data.own_data, name="data"),
    path("data/<str:export_id>/", data.data_file, name="data-file"),
    path("combine/", proving.prove_both, name="combine"),
    path("combine/second-step/", proving.second_step, name="second-step"),
    path("combine/passkey/ask/", proving.ask_for_passkey, name="ask-passkey"),
    path("combine/passkey/", proving.answer_with_passkey, name="answer-passkey"),
    path("combine/stop/", proving.stop, name="stop"),
    path("combine/preview/", combining.preview, name="preview"),
    path("combine/ask/<slug:slug>/", combining.ask_company, name="ask-company"),
    path("combine/now/", combining.combine_both, name="combine-both"),
    path("delete/", deleting.show_what_goes, name="delete"),
    path("delete/proof/", deleting.prove_owner, name="delete-proof"),
    path("delete/proof/passkey/ask/", deleting.ask_for_passkey, name="delete-ask-passkey"),
    path("delete/proof/passkey/", deleting.answer_with_passkey, name="delete-answer-passkey"),
    path("delete/now/", deleting.delete_now, name="delete-now"),
    path("deleted/", deleting.deleted, name="deleted"),
    path("take-back/", taking_back.take_back_page, name="take-back"),
    path("deletions/<str:deletion_id>/", taking_back.show_taken_back, name="taken-back"),
    path("deletions/<str:deletion_id>/<str:secret>/", taking_back.take_back_by_letter, name="take-back-link"),
    path("combinings/", undoing.combinings, name="combinings"),
    path("combinings/<str:combining_id>/", undoing.show_combining, name="combining"),
    path("combinings/<str:combining_id>/undo/", undoing.undo, name="undo"),
    path("combinings/<str:combining_id>/undo/<str:secret>/", undoing.undo_by_letter, name="undo-link"),
]
