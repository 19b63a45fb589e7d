"""A charge of 80 yuan, and where every test of the book looks in the end: whether it still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import About, bill
from servicecenter.ledger.models import Charge
from servicecenter.lib.invariants import broken, every_invariant

Charging = Callable[..., Charge]


def the_book_holds() -> None:
    """V18 and V19."""
    found = {
        each.sentence: broken(each)
        for each in every_invariant()
        if each.code in ("V18", "V19") and broken(each)[0]
    }
    assert found == {}


@pytest.fixture
def charged(yangguang: Community, agent_li: User) -> Iterator[Charging]:
    """`charged(80)`: a charge of the unit 3-2-1201; the book is proved when the test is over."""
    yield maker(yangguang, agent_li)
    the_book_holds()


@pytest.fixture
def charge_80(yangguang: Community, agent_li: User) -> Charge:
    """A charge of 80 yuan, for tests that break the book."""
    return maker(yangguang, agent_li)(80)


def maker(community: Community, agent: User) -> Charging:
    made: list[Charge] = []

    def make(amount: int | str = 80, kind: str = "repair", **more: object) -> Charge:
        about = About(community, "unit", 1, "", "3-2-1201", "王芳")
        given = {
            "kind": kind,
            "item": "换角阀",
            "amount": Decimal(amount),
            "key": f"k{len(made)}",
            "by": agent,
        }
        made.append(bill(about, **given | more))  # type: ignore[arg-type]
        return made[-1]

    return make
