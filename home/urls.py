"""Addresses of the open site that are no Wagtail pages."""

from django.urls import path, re_path

from cms.models import NoticeAttachment
from home import feeds, file_views, views
from home.models import PageFile

app_name = "home"
WHERE = r"(?P<where>[\w-]+(?:/[\w-]+)*)"  # an index below the home page, by its slugs
OF_NOTICES, OF_PAGES = {"placed": NoticeAttachment}, {"placed": PageFile}

urlpatterns = [
    path("notices/attachments/<int:pk>/", file_views.download, OF_NOTICES, name="attachment"),
    path(
        "notices/attachments/<int:pk>/view/",
        file_views.view,
        {**OF_NOTICES, "file": "home:attachment"},
        name="attachment-view",
    ),
    path("notices/attachments/<int:pk>/pages/<int:number>/", file_views.page, OF_NOTICES, name="attachment-page"),
    path("files/<int:pk>/", file_views.download, OF_PAGES, name="file"),
    path("files/<int:pk>/view/", file_views.view, {**OF_PAGES, "file": "home:file"}, name="file-view"),
    path("files/<int:pk>/pages/<int:number>/", file_views.page, OF_PAGES, name="file-page"),
    path("dues-standard/resolutions/<int:pk>/", views.resolution, name="resolution"),
    path("verify/", views.verify_form, name="verify-form"),
    path("verify/<str:code>/", views.verify, name="verify"),
    re_path(rf"^feeds/{WHERE}\.rss$", feeds.IndexFeed(), name="feed-rss"),
    re_path(rf"^feeds/{WHERE}\.atom$", feeds.AtomIndexFeed(), name="feed-atom"),
    path("calendar.ics", feeds.calendar, name="calendar"),
    re_path(r"^calendar/(?P<pk>[0-9]{1,18})\.ics$", feeds.activity_calendar, name="activity-calendar"),
    path("search/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("terms/", views.terms, name="terms"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
