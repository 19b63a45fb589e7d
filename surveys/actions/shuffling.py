"""Anonymous stays anonymous: what is left of who answered when is wiped out of the tables themselves."""

from __future__ import annotations

from django.db import connection

from surveys.models import Campaign, Link

# PostgreSQL keeps with each row the transaction that wrote it, and rows roughly in the order of writing: an answer and
# the mark on its invitation could be joined by either. Written anew in one transaction, in a random order, all rows
# of the campaign bear the same one.
ANSWERS = """
WITH moved AS (DELETE FROM surveys_response WHERE campaign_id = %(campaign)s RETURNING *)
INSERT INTO surveys_response (id, community_id, campaign_id, stratum_id, channel, anonymous, answers, invitation_id,
    by_id, at)
SELECT gen_random_uuid(), community_id, campaign_id, stratum_id, channel, anonymous, answers, NULL, NULL, NULL
FROM moved ORDER BY random()
"""
MARKS = "UPDATE surveys_invitation SET state = state WHERE campaign_id = %(campaign)s"


def shuffle(campaign: Campaign) -> None:
    """Called in the transaction that ends a campaign: no link works any more, no draft is left; of an anonymous one no
    answer can be joined to whoever gave it."""
    Link.objects.filter(invitation__campaign=campaign).delete()
    if not campaign.anonymous:
        return
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"campaign": campaign.pk})
        cursor.execute(MARKS, {"campaign": campaign.pk})
