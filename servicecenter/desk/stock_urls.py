"""Addresses of the stock, below /manage/stock/."""

from __future__ import annotations

from django.urls import path

from servicecenter.desk.views import stock

app_name = "stock"
urlpatterns = [
    path("", stock.items, name="items"),
    path("new/", stock.add, name="add"),
    path("<int:stock_id>/", stock.item, name="item"),
    path("<int:stock_id>/change/", stock.change, name="change"),
    path("<int:stock_id>/receive/", stock.receive, name="receive"),
    path("<int:stock_id>/count/", stock.count, name="count"),
]
