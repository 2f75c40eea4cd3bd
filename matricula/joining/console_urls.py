from django.urls import include, path

from matricula.joining.views import direct_links, requests

request_patterns = [
    path("", requests.requests, name="requests"),
    path("<str:request_id>/letter/", requests.send_invitation, name="answer"),
    path("<str:request_id>/dismissal/", requests.dismissal, name="dismiss"),
]
link_patterns = [
    path("", direct_links.links, name="links"),
    path("new/", direct_links.choose_program, name="choose-program"),
    path("new/<str:program_id>/", direct_links.new_link, name="new"),
    path("<str:link_id>/off/", direct_links.turn_link_off, name="turn-off"),
]
urlpatterns = [
    path("links/", include((link_patterns, "links"))),
    path("requests/", include((request_patterns, "requests"))),
]
