"""How quickly does the search box answer at a million people? `python -m tests.bench.search`, inside `tools.services`.

Fills a database of its own with people, units, stays and vehicles by SQL, the way the ordinary actions store them, and
times every kind of search of `owners.queries.search` warm, through the search of the desk, in one community of many.
Prints p50 and p99 in milliseconds; `--explain` prints the plans, `--write` writes docs/figures/search.md.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.core.exceptions import EmptyResultSet  # noqa: E402
from django.db import connection  # noqa: E402

from owners.models import Person, Unit  # noqa: E402
from owners.queries.search import people_like, units_like  # noqa: E402
from servicecenter.accounts.models import Community, Membership, Role, User  # noqa: E402
from servicecenter.audit import vault  # noqa: E402
from servicecenter.desk.queries.search import search  # noqa: E402
from servicecenter.lib.normalise import initials  # noqa: E402
from tests.bench import apart  # noqa: E402

Typed = Callable[[random.Random], str]
NAME = "search_bench"
COMMUNITIES, SHOWN, LIMIT_MS = 20, 6, 50
# A plate for each so many people: sealing is done in Python, searching reads the index only.
PLATES = 20_000
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文华建国玉兰婷婷浩宇轩梓涵欣怡子墨"

PEOPLE = """
INSERT INTO owners_person (community_id, vault_id, name, initials, phone, phone_last4, email, gender, id_type,
    id_number_sealed, id_number_index, id_number_mask, birthday_sealed, spare_phone_sealed, spare_phone_index,
    workplace, emergency_contact, emergency_phone, language, call_hours, special_needs, note, roll_digest,
    created_at, is_minor)
SELECT c.id, gen_random_uuid(), s.word || g1.word || g2.word, s.ini || g1.ini || g2.ini, p.phone, right(p.phone, 4),
    '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
    now(), false
FROM generate_series(0, %(people)s - 1) n
JOIN bench_community c ON c.no = n %% %(communities)s
CROSS JOIN LATERAL (SELECT n / %(communities)s AS no) m
JOIN bench_surname s ON s.no = m.no %% %(surnames)s
JOIN bench_given g1 ON g1.no = m.no / %(surnames)s %% %(given)s
JOIN bench_given g2 ON g2.no = m.no / (%(surnames)s * %(given)s) %% %(given)s
CROSS JOIN LATERAL (SELECT '1' || (3000000000 + n * 6997::bigint %% 7000000000)::text AS phone) p
"""
BUILDINGS = """
INSERT INTO owners_building (community_id, code, position)
SELECT c.id, b::text, b FROM bench_community c, generate_series(1, %(buildings)s) b
"""
UNITS = """
INSERT INTO owners_unit (community_id, building_id, code, entrance, room, use, state, note)
SELECT b.community_id, b.id, b.code || '-' || e || '-' || r.room, e::text, r.room, 'residence', 'occupied', ''
FROM owners_building b, generate_series(1, 4) e, generate_series(1, 33) f, generate_series(1, 4) door
CROSS JOIN LATERAL (SELECT f || lpad(door::text, 2, '0') AS room) r
"""
STAYS = """
INSERT INTO owners_occupancy (community_id, unit_id, person_id, role, since, is_primary)
SELECT p.community_id, u.id, p.id, CASE WHEN p.no %% 2 = 0 THEN 'owner' ELSE 'family' END, now() - interval '400 days',
    p.no %% 2 = 0
FROM (SELECT id, community_id, row_number() OVER (PARTITION BY community_id ORDER BY id) - 1 AS no FROM owners_person) p
JOIN (SELECT id, community_id, row_number() OVER (PARTITION BY community_id ORDER BY id) - 1 AS no FROM owners_unit) u
    ON u.community_id = p.community_id AND u.no = p.no / 2
"""


def main() -> int:
    """Fills, measures, prints; 1 if a kind of search is slower than 50 ms at its median."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    user = _database(given.people)
    kinds = list(_kinds(user))
    if given.explain:
        for kind, typed in kinds:
            _plans(user, kind, typed(random.Random(7)))
    lines = [_measure(user, kind, typed, given.rounds) for kind, typed in kinds]
    text = _table(given.people, lines)
    print(text)
    if given.write:
        Path("docs/figures/search.md").write_text(text, encoding="utf-8")
    return int(any(p50 > LIMIT_MS for _kind, p50, _p99, _most in lines))


def _database(people: int) -> User:
    """Filled once and used again while it has so many people."""
    apart.database(NAME, filled=lambda: Person.objects.count() >= people, fill=lambda: _fill(people))
    return User.objects.get(username="searchbench")


def _fill(people: int) -> None:
    user = User.objects.create_user("searchbench", None, role=Role.AGENT, name="bench")
    rows = Community.objects.bulk_create(
        Community(code=f"S{no:02}", name=f"测速{no:02}", series=f"S{no:02}") for no in range(COMMUNITIES)
    )
    # One community as most agents have it, of as many people as the largest has.
    Membership.objects.create(user=user, community=rows[0])
    with connection.cursor() as cursor:
        # A statement of the fill takes minutes; nobody waits behind it.
        cursor.execute("SET statement_timeout = 0")
        _words(cursor, [row.pk for row in rows])
        facts = {
            "people": people,
            "communities": COMMUNITIES,
            "surnames": len(SURNAMES),
            "given": len(GIVEN),
            "buildings": -(-people // COMMUNITIES // 2 // 528),
        }
        for statement in (PEOPLE, BUILDINGS, UNITS, STAYS):
            cursor.execute(statement, facts)
        _plates(cursor)
        cursor.execute("VACUUM ANALYZE")


def _words(cursor: Any, communities: list[int]) -> None:
    cursor.execute("CREATE TEMP TABLE bench_community (no int, id bigint)")
    cursor.executemany("INSERT INTO bench_community VALUES (%s, %s)", list(enumerate(communities)))
    for table, words in (("surname", SURNAMES), ("given", GIVEN)):
        cursor.execute(f"CREATE TEMP TABLE bench_{table} (no int, word text, ini text)")
        rows = [(no, word, initials(word)) for no, word in enumerate(words)]
        cursor.executemany(f"INSERT INTO bench_{table} VALUES (%s, %s, %s)", rows)


def _plates(cursor: Any) -> None:
    cursor.execute("SELECT id, community_id FROM owners_person ORDER BY id LIMIT %s", [PLATES])
    rows = [
        (community, person, vault.blind_index("plate", f"闽D{number:05}"))
        for number, (person, community) in enumerate(cursor.fetchall())
    ]
    cursor.executemany(
        "INSERT INTO owners_vehicle (community_id, person_id, plate_sealed, plate_index, plate_mask) "
        "VALUES (%s, %s, '', %s, '')",
        rows,
    )


def _kinds(user: User) -> Iterator[tuple[str, Typed]]:
    """Every kind of search, as what is typed for a person or unit that is drawn anew each time."""
    people = list(
        Person.objects.filter(community__in=user.community_ids)
        .order_by("id")
        .values_list("phone", "name", "initials")[:5000]
    )
    units = Unit.objects.filter(community__in=user.community_ids).order_by("id")
    codes = list(units.values_list("code", flat=True)[:5000])

    yield "whole phone number", (lambda draw: draw.choice(people)[0])
    yield "last four digits", (lambda draw: draw.choice(people)[0][-4:])
    yield "first seven digits", (lambda draw: draw.choice(people)[0][:7])
    yield "whole name (three characters)", (lambda draw: draw.choice(people)[1])
    yield "surname (one character)", (lambda draw: draw.choice(people)[1][:1])
    yield "given name (two characters)", (lambda draw: draw.choice(people)[1][1:])
    yield "a name that nobody has", (lambda draw: "欧阳锋" + draw.choice(GIVEN))
    yield "pinyin initials", (lambda draw: draw.choice(people)[2])
    yield "two pinyin initials", (lambda draw: draw.choice(people)[2][:2])
    yield "plate", (lambda draw: f"闽D{draw.randrange(PLATES):05}")
    yield "whole unit code", (lambda draw: draw.choice(codes))
    yield "building and room", (lambda draw: "{0}-{2}".format(*draw.choice(codes).split("-")))
    yield "room alone", (lambda draw: draw.choice(codes).split("-")[2])


def _measure(user: User, kind: str, typed: Typed, rounds: int) -> tuple[str, float, float, float]:
    draw = random.Random(7)
    return kind, *apart.timed(lambda: search(user, typed(draw)), rounds, 20)


def _plans(user: User, kind: str, text: str) -> None:
    people = Person.objects.visible_to(user).filter(people_like(text, numbers=True)).order_by("name", "id")
    units = Unit.objects.visible_to(user).filter(units_like(text)).order_by("code", "id")
    for rows in (people, units):
        try:
            print(f"-- {kind}: {text}\n{rows[:SHOWN].explain(analyze=True, buffers=True)}\n")
        except EmptyResultSet:
            continue


def _table(people: int, lines: list[tuple[str, float, float, float]]) -> str:
    version = sys.version.split()[0]
    head = (
        "# The search box at a million people\n\n"
        f"`python -m tools.services -- python -m tests.bench.search --write` on {date.today()}, {os.cpu_count()} "
        f"cores, {sys.platform}, Python {version}: {people:,} people and half as many units in {COMMUNITIES} "
        "communities. Milliseconds from what is typed to everything that the box shows, warm, in one process; the "
        "box asks for one community.\n\n| what is typed | p50 | p99 | max |\n| --- | ---: | ---: | ---: |\n"
    )
    body = "".join(f"| {kind} | {p50:.1f} | {p99:.1f} | {most:.1f} |\n" for kind, p50, p99, most in lines)
    return head + body


if __name__ == "__main__":
    sys.exit(main())
