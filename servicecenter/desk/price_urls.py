"""Addresses of the price list, below /manage/prices/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import prices

app_name = "prices"
urlpatterns = [
    path("", prices.prices, name="prices"),
    path("draft/", prices.draft, name="draft"),
    path("<int:list_id>/items/", prices.item, name="add_item"),
    path("<int:list_id>/items/<int:item_id>/", prices.item, name="item"),
    path("<int:list_id>/items/<int:item_id>/drop/", prices.drop, name="drop_item"),
    path("<int:list_id>/publish/", prices.put_in_force, name="publish"),
]
