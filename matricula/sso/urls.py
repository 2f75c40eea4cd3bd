from django.urls import path

from matricula.sso.views import recovery, saml, sign_in

app_name = "sso"
urlpatterns = [
    path("<slug:slug>/", sign_in.choose_connection, name="company"),
    path("<slug:slug>/recovery/", recovery.recover, name="recovery"),
    path("<slug:slug>/recovery/step/", recovery.recovery_step, name="recovery-step"),
    path("<slug:slug>/link/", sign_in.first_sign_in, name="link"),
    path("<slug:slug>/link/account/", sign_in.link_company_identity, name="link-account"),
    path("<slug:slug>/<str:connection_id>/start/", sign_in.start, name="start"),
    path("<slug:slug>/<str:connection_id>/callback/", sign_in.callback, name="callback"),
    path("<slug:slug>/<str:connection_id>/acs/", saml.acs, name="acs"),
    path("<slug:slug>/<str:connection_id>/answer/<str:handle>/", saml.judge_stored_answer, name="answer"),
    path("<slug:slug>/<str:connection_id>/confirm/<str:handle>/", saml.confirm_answer, name="confirm"),
    path("<slug:slug>/<str:connection_id>/metadata/", saml.metadata, name="metadata"),
]
