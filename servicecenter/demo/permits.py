"""Decoration permits of the demo: some stops of the way, through the ordinary actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from decoration.actions import CALLS, Seen, add_paper, add_worker, begin_application, set_works
from decoration.actions.contractors import known_contractor
from decoration.actions.rules import begin_rules
from decoration.models import Permit, Rule
from owners.models import Occupancy
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.ledger.actions import take
from servicecenter.lib.clock import local_day, start_of_day

# The home of a resident who signs in, and homes that the desk applies for.
FIRST, OTHERS = "1-1-202", ("2-1-301", "2-1-302", "3-1-502")
PLAN, FACE, RUBBISH, WALL = "#f4f1ea", "#9db4c8", "#b8a58a", "#c9c4bb"
HOUR = timedelta(hours=1)
# Valid numbers of nobody.
WORKERS = (("张建军", "瓦工", "110101198503041239"), ("陈水生", "水电工", "110101199005061231"))


def build(community: Community, *, at: datetime) -> None:
    """Four permits of 阳光花园: to review, to be corrected, at work, and with a deposit to give back.

    What was paid was paid yesterday: earlier days are cashed up. A second call changes nothing.
    """
    if Permit.objects.filter(community=community).exists():
        return
    begin_rules(community.pk)
    Walk(community, at).all()


class Walk:
    """Whoever takes part, and yesterday morning, when the works that go on began."""

    def __init__(self, community: Community, at: datetime) -> None:
        self.community, self.at = community, at
        names = ("agent", "supervisor", "technician", "security")
        self.agent, self.supervisor, self.engineer, self.guard = (
            User.objects.get(username=name) for name in names
        )
        self.began = start_of_day(local_day(at) - timedelta(days=1)) + 9 * HOUR
        self.rules = {each.text: each for each in Rule.objects.filter(community=community)}
        stays = Occupancy.objects.current().filter(unit__community=community, role="owner")
        homes = stays.filter(unit__code__in=(FIRST, *OTHERS)).select_related(
            "unit__community", "person__user"
        )
        by_code = {stay.unit.code: stay for stay in homes}
        self.homes = [by_code[code] for code in (FIRST, *OTHERS) if code in by_code]

    def all(self) -> None:
        """As many as there are homes."""
        ways = (self.working, self.reviewed, self.corrected, self.refunding)
        for stay, way in zip(self.homes, ways, strict=False):
            way(stay)

    def do(self, permit: Permit, action: str, by: User, hours: float = 0, **given: Any) -> Any:
        """A step, some hours after the works began."""
        return CALLS[action](permit, by=by, at=self.began + hours * HOUR, **given)

    def written(self, stay: Occupancy, scope: str, rooms: dict[str, str], hours: float, days: int) -> Permit:
        """An application with all that is asked for, handed in. `rooms`: room → the beginning of a kind of works."""
        when = self.began + hours * HOUR
        by = self.agent
        permit = begin_application(stay.unit, stay.person, by=by, at=when)
        first: date = max(local_day(when), local_day(self.began))
        company = known_contractor(
            self.community,
            name="厦门安居装饰工程有限公司",
            licence_no="91350200MA2XAJ018K",
            licence_until=local_day(self.at) + timedelta(days=500),
            insurance_until=local_day(self.at) + timedelta(days=300),
        )
        said = {
            "scope": scope,
            "starts_on": first,
            "ends_on": first + timedelta(days=days),
            "contractor": company,
            "manager_name": "刘建国",
            "manager_phone": "13900001111",
            "contact_phone": stay.person.phone,
        }
        CALLS["save"](permit, said=said, by=by, at=when)
        for room, text in rooms.items():
            rules = [rule for known, rule in self.rules.items() if known.startswith(text)]
            set_works(permit, room=room, rules=rules, by=by, at=when)
        name, craft, number = WORKERS[permit.pk % 2]
        with drawn(FACE) as face:
            add_worker(permit, name=name, id_number=number, craft=craft, picture=face, by=by, at=when)
        for paper in permit.papers.all():
            with drawn(PLAN) as plan:
                add_paper(permit, paper=paper, pictures=[plan], by=by, at=when)
        CALLS["submit"](permit, by=by, at=when)
        return permit

    def approved(self, permit: Permit, hours: float) -> None:
        """Past the review."""
        self.do(permit, "check_papers", self.agent, hours)
        self.do(permit, "pass_works", self.engineer, hours + 1)
        self.do(permit, "approve", self.supervisor, hours + 2)

    def issued(self, permit: Permit, hours: float) -> None:
        """Signed, paid and issued."""
        self.approved(permit, -20)
        self.do(permit, "sign", self.agent, hours, signer=permit.applicant_name, agreed=True)
        for charge in permit.charges:
            take(charge, method="wechat", by=self.agent, at=self.began + hours * HOUR)
        self.do(permit, "issue", self.agent, hours)

    def look(self, permit: Permit, hours: float, broken: str = "", words: str = "") -> None:
        """A patrol of the guard, with what was found."""
        conduct = [each for each in self.rules.values() if each.part == "conduct"]
        bad = [each for each in conduct if broken and each.text.startswith(broken)]
        with drawn(RUBBISH) as photo:
            seen = [Seen(each, words, pictures=[photo]) for each in bad]
            fine = [each for each in conduct if each not in bad]
            self.do(permit, "patrol", self.guard, hours, fine=fine, broken=seen)

    def working(self, stay: Occupancy) -> None:
        """Work goes on; a patrol found something, and more time is asked for."""
        rooms = {"客厅": "地面铺装", "卫生间": "卫生间、厨房铺贴瓷砖"}
        permit = self.written(stay, "客厅铺木地板，卫生间重铺瓷砖、换洁具", rooms, -26, 40)
        self.issued(permit, 0)
        self.look(permit, 5, "装修垃圾", "两袋水泥和碎砖堆在电梯口")
        longer = local_day(self.began) + timedelta(days=50)
        self.do(permit, "ask_change", self.agent, 6, kind="extension", reason="瓷砖晚到一周", ends_on=longer)

    def reviewed(self, stay: Occupancy) -> None:
        """Its papers wait for the desk."""
        self.written(stay, "拆除厨房与餐厅之间的非承重隔墙", {"厨房": "拆改非承重隔墙"}, 3, 30)

    def corrected(self, stay: Occupancy) -> None:
        """Sent back with a comment at a part."""
        permit = self.written(stay, "封闭阳台", {"阳台": "封闭阳台"}, 1, 10)
        self.do(permit, "comment", self.agent, 4, field="papers", note="封窗样式确认单看不清，请重拍")
        self.do(permit, "send_back", self.agent, 4, reason="请补一张清楚的样式确认单")

    def refunding(self, stay: Occupancy) -> None:
        """One day of works, accepted; a deduction is proposed and waits for a second person."""
        permit = self.written(stay, "更换热水器和两台空调", {"厨房": "空调、热水器"}, -27, 3)
        self.issued(permit, 0)
        self.look(permit, 4)
        self.do(permit, "ask_acceptance", self.agent, 7)
        signed = {"owner_signer": permit.applicant_name, "contractor_signer": "刘建国"}
        self.do(permit, "accept_works", self.engineer, 8, **signed)
        with drawn(WALL) as photo:
            scratch = {"what": "电梯轿厢划痕修补", "amount": Decimal(120), "pictures": [photo]}
            self.do(permit, "deduct", self.agent, 8.5, **scratch)
        self.do(permit, "ask_refund", self.agent, 9, refund_to="微信原路退回")
        self.do(permit, "propose_refund", self.agent, 9.5)


@contextmanager
def drawn(colour: str) -> Iterator[Filed]:
    """A small picture: a few lines on paper."""
    picture = Image.new("RGB", (240, 180), colour)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 220, 160), outline="#4a5563", width=4)
    pen.line([(120, 20), (120, 100), (220, 100)], "#4a5563", 4)
    pen.arc((20, 100, 80, 160), 270, 360, fill="#4a5563", width=3)
    data = BytesIO()
    picture.save(data, "PNG")
    data.seek(0)
    with filed([(data, "plan.png")]) as pictures:
        yield pictures[0]
