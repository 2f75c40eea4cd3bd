from django.urls import include, path

from matricula.sso.views import certificates, connections, identities, metadata, recovery

sign_in_patterns = [
    path("", connections.connections, name="connections"),
    path("new/", connections.new_connection, name="new"),
    path("people/", identities.identities, name="identities"),
    path("people/<str:identity_id>/end/", identities.ending, name="end"),
    path("people/<str:identity_id>/again/", identities.allowing, name="allow-again"),
    path("<str:connection_id>/", connections.connection, name="connection"),
    path("<str:connection_id>/attributes/", connections.attributes, name="attributes"),
    path("<str:connection_id>/test/", connections.try_connection, name="test"),
    path("<str:connection_id>/removal/", connections.connection_removal, name="remove"),
    path("<str:connection_id>/switch/", connections.switch, name="switch"),
    path("<str:connection_id>/provider/", metadata.choice, name="choose"),
    path("<str:connection_id>/renewal/", metadata.renewal, name="renew"),
    path("<str:connection_id>/certificates/", certificates.certificates, name="certificates"),
    path("<str:connection_id>/certificates/<int:key_id>/", certificates.retirement, name="retire"),
    path("<str:connection_id>/encryption/", certificates.encryption, name="encryption"),
    path("<str:connection_id>/answers/<str:answer_id>/", connections.judged, name="judged"),
]
owner_code_patterns = [path("", recovery.owner_codes, name="codes")]
urlpatterns = [
    path("sign-in/recovery-codes/", include((owner_code_patterns, "owner-codes"))),
    path("sign-in/", include((sign_in_patterns, "sign-in"))),
]
