"""Addresses of the open site that are no Wagtail pages."""

from django.urls import path

from home import views

app_name = "home"

urlpatterns = [
    path("notices/attachments/<int:pk>/", views.attachment, name="attachment"),
    path("notices/attachments/<int:pk>/view/", views.attachment_view, name="attachment-view"),
    path("notices/attachments/<int:pk>/pages/<int:number>/", views.attachment_page, name="attachment-page"),
    path("dues-standard/resolutions/<int:pk>/", views.resolution, name="resolution"),
    path("verify/", views.verify_form, name="verify-form"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path("search/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
]
