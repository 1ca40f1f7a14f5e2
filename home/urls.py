"""Addresses of the open site that are no Wagtail pages."""

from django.urls import path

from home import file_views, views

app_name = "home"

urlpatterns = [
    path("notices/attachments/<int:pk>/", views.attachment, name="attachment"),
    path("notices/attachments/<int:pk>/view/", views.attachment_view, name="attachment-view"),
    path("notices/attachments/<int:pk>/pages/<int:number>/", views.attachment_page, name="attachment-page"),
    path("files/<int:pk>/", file_views.download, name="file"),
    path("files/<int:pk>/view/", file_views.view, name="file-view"),
    path("files/<int:pk>/pages/<int:number>/", file_views.page, name="file-page"),
    path("dues-standard/resolutions/<int:pk>/", views.resolution, name="resolution"),
    path("verify/", views.verify_form, name="verify-form"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path("robots.txt", views.robots, name="robots"),
    path("terms/", views.terms, name="terms"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
