"""One's own in-app messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import LARGEST_ID, InstantField, TruthField
from servicecenter.notifications.actions import mark_read
from servicecenter.notifications.models import Message
from servicecenter.notifications.texts import render
from servicecenter.notifications.wordings import Edited


class MessageOut(serializers.Serializer[Any]):
    """One message, in the reader's language."""

    id = serializers.IntegerField()
    event = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    number = serializers.CharField(help_text="Of the case that it is about; empty for none.")
    urgent = serializers.BooleanField()
    created_at = InstantField()
    read_at = InstantField(allow_null=True)


class MessageQuery(Page):
    """Parameters of the list of messages."""

    orders: dict[str, Any] = {"-id": ("-id",), "id": ("id",)}
    unread = TruthField(from_text=True, required=False)
    ordering = ordering(orders)


def draw(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages with their words; `recipient` has to be loaded."""
    rows = []
    edited = Edited()
    for message in messages:
        text = render(message, edited)
        words = {"title": text.title, "body": text.body, "number": str(message.params.get("number", ""))}
        names = ("id", "event", "urgent", "created_at", "read_at")
        rows.append(words | {name: getattr(message, name) for name in names})
    return [dict(row) for row in MessageOut(rows, many=True).data]


class OwnMessages(Endpoint):
    """A resident reads of present homes only; which these are, a room above says (see `api_urls`)."""

    communities: Callable[[User], QuerySet[Any]] | None = None

    def mine(self) -> QuerySet[Message]:
        """The messages of whoever asks, with what rendering needs."""
        rows = Message.objects.visible_to(self.user).select_related("recipient")
        if self.communities is None or self.user.is_employee:
            return rows
        return rows.filter(Q(community=None) | Q(community__in=self.communities(self.user)))


class MessagesEndpoint(OwnMessages):
    """My messages."""

    @operation("notifications", "My messages", query=MessageQuery, answer=paged(MessageOut))
    def get(self, request: Request) -> Response:
        """A page of them, newest first."""
        query = self.query(MessageQuery)
        rows = self.mine()
        if "unread" in query:
            rows = rows.filter(read_at__isnull=query["unread"])
        return self.page(rows, query, order=MessageQuery.orders[query["ordering"]], draw=draw)


class ReadEndpoint(OwnMessages):
    """One of my messages."""

    @operation("notification_read", "Mark a message as read", answer=MessageOut)
    def post(self, request: Request, pk: int) -> Response:
        """A second time changes nothing. Refuses `not_found` for other people's messages."""
        mine = self.mine()
        if not mine.filter(pk=min(pk, LARGEST_ID)).exists():
            raise NotFound
        mark_read(by=self.user, message_id=pk)
        return Response(draw([mine.get(pk=pk)])[0])
