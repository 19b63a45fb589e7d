"""Why a deadline is what it is."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.complaints.conftest import Cast

pytestmark = pytest.mark.django_db


def test_whoever_complained_reads_why_but_not_whom_we_remind(cast: Cast, client: Client) -> None:
    complaint = cast.file()
    client.force_login(cast.resident)
    page = client.get(f"/complaints/{complaint.number}/why/").content.decode()
    assert 'data-clock="respond"' in page
