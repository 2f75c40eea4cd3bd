from django.urls import URLPattern, URLResolver, include, path

from matricula.programs.views import groups as group_pages
from matricula.programs.views import programs as program_pages

programs = [
    path("", program_pages.list_programs, name="programs"),
    path("new/", program_pages.new_program, name="new"),
    path("<str:program_id>/change/", program_pages.edit_program, name="edit"),
]
one_group = [
    path("", group_pages.show_group, name="group"),
    path("name/", group_pages.change_group_page, name="change"),
    path("deletion/", group_pages.group_deletion, name="delete"),
    path("members/", group_pages.add_member, name="add-member"),
    path("members/<int:membership_id>/removal/", group_pages.remove_member, name="remove-member"),
    path("members/<int:membership_id>/return/", group_pages.put_back, name="put-back"),
]
groups: list[URLPattern | URLResolver] = [
    path("", group_pages.list_groups, name="groups"),
    path("new/", group_pages.new_group, name="new"),
    path("<int:group_id>/", include(one_group)),
]
urlpatterns = [
    path("programs/", include((programs, "programs"))),
    path("groups/", include((groups, "groups"))),
]
