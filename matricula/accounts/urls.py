from django.urls import path

from matricula.accounts.pages import account, addresses, proving, second_factors, signing_in

app_name = "accounts"
urlpatterns = [
    path("", account.home, name="home"),
    path("password/", account.password, name="password"),
    path("sessions/", account.sessions, name="sessions"),
    path("sessions/end/", account.end_sessions, name="end-sessions"),
    path("sessions/<str:key>/end/", account.end_session, name="end-session"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/add/", addresses.add, name="add-address"),
    path("addresses/<int:pk>/confirm/", addresses.confirm, name="confirm-address"),
    path("addresses/<int:pk>/letter/", addresses.send_letter, name="send-address-letter"),
    path("addresses/<int:pk>/primary/", addresses.primary, name="make-primary"),
    path("addresses/<int:pk>/remove/", addresses.remove, name="remove-address"),
    path("log-in/", signing_in.sign_in, name="sign-in"),
    path("log-in/second-step/", signing_in.second_step, name="second-step"),
    path("log-in/recovery/", signing_in.recovery_step, name="recovery-step"),
    path("log-in/passkey/ask/", signing_in.ask_passkey, name="ask-passkey"),
    path("log-in/passkey/", signing_in.answer_passkey, name="answer-passkey"),
    path("log-out/", signing_in.sign_out, name="sign-out"),
    path("prove/", signing_in.prove, name="prove"),
    path("second-factors/", second_factors.second_factors, name="second-factors"),
    path("second-factors/authenticator/", second_factors.authenticator, name="authenticator"),
    path("second-factors/recovery-codes/", second_factors.recovery_codes, name="recovery-codes"),
    path("second-factors/passkey/", second_factors.passkey, name="passkey"),
    path("second-factors/passkey/ask/", second_factors.ask_new_passkey, name="ask-new-passkey"),
    path("second-factors/passkey/keep/", second_factors.keep_passkey, name="keep-passkey"),
    path("second-factors/<int:pk>/remove/", second_factors.remove, name="remove-factor"),
    path("forgotten/", proving.forgotten, name="forgotten"),
    path("reset/<str:secret>/", proving.reset, name="reset"),
    path("confirm/<str:secret>/", proving.confirm, name="confirm"),
    path("confirm/<str:secret>/not-mine/", proving.reclaim_mailbox, name="reclaim"),
]
