from django.urls import include, path

from matricula.api.views import tokens

token_patterns = [
    path("", tokens.tokens, name="tokens"),
    path("new/", tokens.new, name="new"),
    path("<str:token_id>/revocation/", tokens.revocation, name="revoke"),
]
urlpatterns = [path("tokens/", include((token_patterns, "tokens")))]
