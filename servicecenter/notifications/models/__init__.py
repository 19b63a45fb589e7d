"""Messages, the ways they leave by, and the words they are told in."""

from __future__ import annotations

from servicecenter.notifications.models.deliveries import Attempt, Delivery, DeliveryQuerySet, State
from servicecenter.notifications.models.holds import MessageHold
from servicecenter.notifications.models.messages import OUTSIDE, Channel, Message, MessageQuerySet
from servicecenter.notifications.models.people import Choice, Reach
from servicecenter.notifications.models.robots import GroupRobot, Provider
from servicecenter.notifications.models.wordings import Audience, Wording

__all__ = [
    "OUTSIDE",
    "Attempt",
    "Audience",
    "Channel",
    "Choice",
    "Delivery",
    "DeliveryQuerySet",
    "GroupRobot",
    "Message",
    "MessageHold",
    "MessageQuerySet",
    "Provider",
    "Reach",
    "State",
    "Wording",
]
