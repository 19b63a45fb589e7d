"""What the broker's end must not do to a worker."""

from __future__ import annotations

import uuid

from servicecenter.celery import app


def test_a_connection_that_lost_the_broker_closes_although_a_message_is_unacknowledged() -> None:
    """Otherwise the worker ends, and with it the clock inside."""
    queue = f"test-{uuid.uuid4().hex}"
    connection = app.connection_for_read()
    channel = connection.default_channel
    channel.queue_declare(queue)
    connection.Producer(channel).publish("x", routing_key=queue, exchange="")
    assert channel.basic_get(queue, no_ack=False) is not None
    # What kombu does first when the broker closes the connection: it forgets the address.
    connection.transport.client = None
    channel.close()
    assert not channel.qos._delivered

    with app.connection_for_write() as again:
        again.default_channel.queue_delete(queue)
