from django.urls import include, path

from matricula.api import console

tokens = [
    path("", console.tokens, name="tokens"),
    path("new/", console.new, name="new"),
    path("<str:token_id>/revocation/", console.revocation, name="revoke"),
]
urlpatterns = [path("tokens/", include((tokens, "tokens")))]
