from django.urls import include, path

from matricula.roles.views import administrators as administrator_pages
from matricula.roles.views import group_managers as group_manager_pages

administrator_patterns = [
    path("", administrator_pages.administrators, name="administrators"),
    path("new/", administrator_pages.new_offer, name="new"),
    path("<int:role_id>/", administrator_pages.change_role_page, name="change"),
    path("<int:role_id>/removal/", administrator_pages.role_removal, name="remove"),
    path("offers/<str:appointment_id>/letter/", administrator_pages.letter, name="send-again"),
    path("offers/<str:appointment_id>/withdrawal/", administrator_pages.withdrawal, name="withdraw"),
]

group_manager_patterns = [
    path("members/<int:membership_id>/managing/", group_manager_pages.add_group_manager, name="add"),
    path("managers/<str:account_id>/removal/", group_manager_pages.remove_group_manager, name="remove"),
]

urlpatterns = [
    path("administrators/", include((administrator_patterns, "administrators"))),
    path("groups/<int:group_id>/", include((group_manager_patterns, "group-managers"))),
]
