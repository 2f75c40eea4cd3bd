from django.urls import URLPattern, URLResolver, include, path

from matricula.catalog.views import courses, specializations, uploads

one_course = [
    path("", courses.course, name="course"),
    path("lessons/<str:key>/", courses.lesson, name="lesson"),
    path("files/<str:digest>/<str:name>", courses.file, name="file"),
    path("withdrawal/", courses.withdrawal, name="withdraw"),
    path("comeback/", courses.comeback, name="bring-back"),
]
one_specialization = [
    path("", specializations.specialization, name="specialization"),
    path("words/", specializations.describe, name="describe"),
    path("courses/", specializations.adding, name="add-course"),
    path("courses/<str:course_id>/removal/", specializations.removal, name="take-out"),
    path("courses/<str:course_id>/<str:direction>/", specializations.moving, name="move-course"),
    path("withdrawal/", specializations.withdrawal, name="withdraw-specialization"),
    path("comeback/", specializations.comeback, name="bring-back-specialization"),
]
content: list[URLPattern | URLResolver] = [
    path("", courses.courses, name="courses"),
    path("sample-course.zip", uploads.sample, name="sample"),
    path("uploads/", uploads.upload, name="upload"),
    path("uploads/<str:upload_id>/", uploads.uploaded, name="uploaded"),
    path("uploads/<str:upload_id>/taking/", uploads.taking, name="take-in"),
    path("courses/<str:course_id>/", include(one_course)),
    path("specializations/", specializations.specializations, name="specializations"),
    path("specializations/new/", specializations.new, name="new-specialization"),
    path("specializations/<str:specialization_id>/", include(one_specialization)),
]
urlpatterns = [path("content/", include((content, "content")))]
