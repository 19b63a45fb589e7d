"""What the broker's end must not do to a worker."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from servicecenter.celery import app


@pytest.fixture
def received() -> Iterator[Any]:
    """A message that was received and not yet acknowledged when the broker closed the connection."""
    queue = f"test-{uuid.uuid4().hex}"
    connection = app.connection_for_read()
    channel: Any = connection.default_channel
    channel.queue_declare(queue)
    connection.Producer(channel).publish("x", routing_key=queue, exchange="")
    message = channel.basic_get(queue, no_ack=False)
    # What kombu does first: it forgets the address.
    connection.transport.client = None
    yield message
    with app.connection_for_write() as again:
        other: Any = again.default_channel
        other.queue_delete(queue)


def test_a_connection_closes_although_a_message_is_unacknowledged(received: Any) -> None:
    """Otherwise the worker ends, and with it the clock inside."""
    received.channel.close()
    assert not received.channel.qos._delivered


def test_an_acknowledgement_that_comes_too_late_is_told_as_a_lost_connection(received: Any) -> None:
    """That is the error which Celery expects and survives."""
    received.channel.close()
    with pytest.raises(OSError, match="closed"):
        received.ack()
