"""Addresses of what leaders decide about messages, below /manage/."""

from __future__ import annotations

from django.urls import path

from servicecenter.notifications.views import outbox, robots, wordings

app_name = "telling"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.delivery, name="delivery"),
    path("outbox/<int:pk>/resend/", outbox.resend, name="resend"),
    path("channels/", robots.channels, name="channels"),
    path("channels/new/", robots.add_robot, name="add_robot"),
    path("channels/<int:pk>/", robots.change_robot, name="robot"),
    path("channels/<int:pk>/test/", robots.try_robot, name="try_robot"),
    path("channels/<int:pk>/remove/", robots.drop_robot, name="drop_robot"),
    path("messages/", wordings.wordings, name="wordings"),
    path("messages/<str:code>/", wordings.wording, name="wording"),
    path("messages/<str:code>/preview/", wordings.preview, name="preview"),
    path("messages/<str:code>/reset/", wordings.reset, name="reset"),
]
