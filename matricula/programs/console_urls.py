from django.urls import URLPattern, URLResolver, include, path

from matricula.programs.console import administrators as administrator_pages
from matricula.programs.console import groups as group_pages
from matricula.programs.console import programs as program_pages

programs = [
    path("", program_pages.programs, name="programs"),
    path("new/", program_pages.new, name="new"),
    path("<str:program_id>/", program_pages.edit, name="edit"),
]
one_group = [
    path("", group_pages.group, name="group"),
    path("name/", group_pages.change, name="change"),
    path("deletion/", group_pages.deletion, name="delete"),
    path("members/", group_pages.add_member, name="add-member"),
    path("members/<int:membership_id>/removal/", group_pages.remove_member, name="remove-member"),
    path("members/<int:membership_id>/managing/", group_pages.add_manager, name="add-manager"),
    path("managers/<str:account_id>/removal/", group_pages.remove_manager, name="remove-manager"),
]
groups: list[URLPattern | URLResolver] = [
    path("", group_pages.groups, name="groups"),
    path("new/", group_pages.new, name="new"),
    path("<int:group_id>/", include(one_group)),
]
administrators = [
    path("", administrator_pages.administrators, name="administrators"),
    path("new/", administrator_pages.new, name="new"),
    path("<int:role_id>/", administrator_pages.change, name="change"),
    path("<int:role_id>/removal/", administrator_pages.removal, name="remove"),
    path("offers/<str:appointment_id>/letter/", administrator_pages.letter, name="send-again"),
    path("offers/<str:appointment_id>/withdrawal/", administrator_pages.withdrawal, name="withdraw"),
]
urlpatterns = [
    path("administrators/", include((administrators, "administrators"))),
    path("programs/", include((programs, "programs"))),
    path("groups/", include((groups, "groups"))),
]
