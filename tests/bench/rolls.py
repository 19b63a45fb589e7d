"""How long does a large roll take, and how much memory? `python -m tests.bench.rolls`, inside `tools.services`.

Makes a roll of 60 000 rows in a community of its own, and has it checked, imported and checked again the way a worker
does it, in this process. Prints seconds by the clock and of the processor, and the largest memory of the process.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

import xlsxwriter  # noqa: E402

from owners.actions.roll_runs import Teller, carry_out, claim  # noqa: E402
from owners.actions.uploads import Upload, approve, hand_in  # noqa: E402
from owners.models import RollImport  # noqa: E402
from owners.roll import shelf  # noqa: E402
from servicecenter.accounts.models import Community, Membership, Role, User  # noqa: E402

HEAD = (
    "楼栋", "单元", "房号", "建筑面积", "用途", "交付日期", "业主姓名", "身份关系", "手机", "证件类型", "证件号码",
    "车牌号", "入住日期", "主要联系人", "备注",
)  # fmt: skip
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def paper(number: int) -> str:
    """An identity number of nobody with a right check digit."""
    digits = f"350203{1940 + number // 1000 % 60}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
    return digits + _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def lines(rows: int) -> Iterator[tuple[str, ...]]:
    """Owner and family of one unit after the other."""
    for number in range(rows):
        unit = number // 2
        place = (str(unit // 400 + 1), str(unit % 4 + 1), f"{unit % 400 // 4 + 1:02}{unit % 4 + 1:02}")
        owner = number % 2 == 0
        who = (
            f"测{number:05}",
            "业主" if owner else "家属",
            str(13_000_000_000 + number),
            "身份证",
            paper(number),
        )
        plate = f"闽D{number % 100_000:05}" if owner else ""
        yield (*place, "89.5", "住宅", "2019-06-30", *who, plate, "2019-07-01", "是" if owner else "", "")


def main() -> int:
    """Prints three lines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=60_000)
    rows = parser.parse_args().rows
    community = Community.objects.create(code="ROLLBENCH", name="名册测速", series="RB")
    boss = User.objects.create_user("rollbench", None, role=Role.SUPERVISOR, name="bench")
    Membership.objects.create(user=boss, community=community)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roll.xlsx"
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
            sheet = workbook.add_worksheet()
            for number, cells in enumerate((HEAD, *lines(rows))):
                sheet.write_row(number, 0, cells)
        content = path.read_bytes()
    print(f"{rows} rows, {len(content) / 1e6:.1f} MB")
    for again in (False, True):
        row = hand_in(Upload("roll.xlsx", shelf.put([content])), community=community, by=boss)
        _timed("checked again" if again else "checked", row)
        if not again:
            approve(row, good_rows=False, by=boss)
            _timed("imported", row)
    return 0


def _timed(what: str, row: RollImport) -> None:
    wall, work = time.monotonic(), time.process_time()
    taken = claim()
    assert taken is not None
    with Teller(taken) as teller:
        carry_out(taken, teller)
    row.refresh_from_db()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = {name: row.report.get(name) for name in ("created", "updated", "unchanged", "errors")}
    seconds = (
        f"{time.monotonic() - wall:.1f} s by the clock, {time.process_time() - work:.1f} s of this process"
    )
    print(f"{what}: {row.state}, {seconds}, at most {peak:.0f} MB; {counts}")


if __name__ == "__main__":
    sys.exit(main())
