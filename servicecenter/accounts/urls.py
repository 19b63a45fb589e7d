"""Addresses for signing in and out."""

from __future__ import annotations

from django.urls import path

from servicecenter.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/staff/", views.login_staff, name="login"),
    path("login/", views.login_phone, name="phone"),
    path("login/code/", views.login_code, name="code"),
    path("account/", views.account, name="account"),
    path("logout/", views.sign_out, name="logout"),
]
