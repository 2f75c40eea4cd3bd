from django.urls import path

from matricula.learning.views import completed, courses, notes, programs

app_name = "learning"
P, C = "programs/<str:public_id>", "courses/<str:public_id>"
urlpatterns = [
    path("", programs.my_learning, name="home"),
    path(f"{P}/", programs.show_program, name="program"),
    path(f"{P}/courses/<str:course_id>/", programs.offered_course, name="offered-course"),
    path(
        f"{P}/specializations/<str:specialization_id>/",
        programs.offered_specialization,
        name="offered-specialization",
    ),
    path(f"{P}/groups/<int:group>/", programs.join_open_group, name="join-group"),
    path(f"{P}/start/<str:kind>/<str:chosen_id>/", programs.start_learning, name="start"),
    path(f"{C}/", courses.show_course, name="course"),
    path(f"{C}/completed/", completed.show_completion, name="completed"),
    path(f"{C}/files/<str:digest>/<str:name>", courses.course_file, name="file"),
    path(f"{C}/lessons/<slug:key>/", courses.show_lesson, name="lesson"),
    path(f"{C}/lessons/<slug:key>/done/", courses.finish_lesson_page, name="finish"),
    path(f"{C}/lessons/<slug:key>/answers/", courses.keep_quiz_answers, name="answers"),
    path(f"{C}/lessons/<slug:key>/note/", notes.keep_own_note, name="note"),
    path(f"{C}/lessons/<slug:key>/position/", courses.keep_position, name="position"),
]
