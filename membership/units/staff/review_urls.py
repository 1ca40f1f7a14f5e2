"""Addresses of the review below the staff area."""

from django.urls import path

from membership.units.staff import review_page, review_queue

app_name = "reviews"

urlpatterns = [
    path("<int:pk>/", review_page.ReviewView.as_view(), name="review"),
    path("<int:pk>/next/", review_page.NextView.as_view(), name="next"),
    path("<int:pk>/release/", review_page.ReleaseView.as_view(), name="release"),
    path("<int:pk>/hand-on/", review_page.HandOnView.as_view(), name="hand_on"),
    path("<int:pk>/notes/", review_page.NoteView.as_view(), name="note"),
    path("<slug:slug>/", review_queue.QueueView.as_view(), name="queue"),
    path("<slug:slug>/results/", review_queue.QueueView.as_view(results_only=True), name="results"),
    path("<slug:slug>/assign/", review_queue.AssignView.as_view(), name="assign"),
]
