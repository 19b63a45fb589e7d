"""How quickly is an article found among ten thousand? `python -m tests.bench.knowledge`, inside `tools.services`.

Fills a database of its own with articles of one community in the words of the ready ones, and times what an agent
types, warm, through the queries of the pages. Prints p50, p99 and the most in milliseconds, and whether PostgreSQL
answered from the trigram index; `--explain` prints the plans, `--write` writes docs/figures/knowledge.md.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.db import connection  # noqa: E402

from servicecenter.accounts.models import Community, Membership, Role, User  # noqa: E402
from servicecenter.bulletins.actions.ready import _ready as ready  # noqa: E402
from servicecenter.bulletins.actions.writing import Said, fill  # noqa: E402
from servicecenter.bulletins.models import Article, ArticleVersion, Category  # noqa: E402
from servicecenter.bulletins.queries.offered import (  # noqa: E402
    BEST_FIRST,
    MOST_FOUND,
    beside,
    for_staff,
    searched,
)
from servicecenter.lib.clock import database_now  # noqa: E402
from tests.bench import apart  # noqa: E402

NAME, INDEX, LIMIT_MS = "knowledge_bench", "articleversion_search", 50
SUBJECTS = (
    "电梯",
    "车位",
    "水管",
    "门禁",
    "垃圾",
    "宠物",
    "快递",
    "暖气",
    "泳池",
    "发票",
    "公摊",
    "路灯",
    "会所",
)
WHAT = ("收费标准", "开放时间", "办理手续", "报修电话", "使用规定", "押金退还", "停用通知", "预约方式")
TYPED = {
    "one character": "梯",
    "two characters": "电梯",
    "two characters that stand everywhere": "小区",
    "four characters": "收费标准",
    "two words": "泳池 预约",
    "what nobody wrote": "火星",
    "a Latin word": "wifi",
}
TOLD = "我家楼上装修太吵了，想问问周末到底几点以后不能施工，押金什么时候退"


def main() -> int:
    """Fills, measures, prints; 1 if anything is slower than 50 ms at its median."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    user = _database(given.articles)
    rows = for_staff(user, date.today())
    lines = [
        (
            f"{name}: {text}",
            *apart.timed(partial(_found, rows, text), given.rounds, 5),
            _plan(rows, text),
        )
        for name, text in TYPED.items()
    ]
    lines.append(
        ("beside a case: 33 characters", *apart.timed(lambda: beside(rows, TOLD), given.rounds, 5), "—")
    )
    if given.explain:
        for text in TYPED.values():
            print(f"-- {text}\n{_query(rows, text).explain(analyze=True, buffers=True)}\n")
    text = _table(given.articles, lines)
    print(text)
    if given.write:
        Path("docs/figures/knowledge.md").write_text(text, encoding="utf-8")
    return int(any(line[1] > LIMIT_MS for line in lines))


def _query(rows: Any, text: str) -> Any:
    return searched(rows, text).order_by(*BEST_FIRST)[:MOST_FOUND]


def _found(rows: Any, text: str) -> list[ArticleVersion]:
    return list(_query(rows, text))


def _plan(rows: Any, text: str) -> str:
    return "yes" if INDEX in _query(rows, text).explain() else "no"


def _database(articles: int) -> User:
    """Filled once and used again while it has so many articles."""
    apart.database(
        NAME, filled=lambda: ArticleVersion.objects.count() >= articles, fill=lambda: _fill(articles)
    )
    return User.objects.get(username="knowledgebench")


def _fill(articles: int) -> None:
    user = User.objects.create_user("knowledgebench", None, role=Role.SUPERVISOR, name="bench")
    home = Community.objects.create(code="K1", name="测速", series="K")
    Membership.objects.create(user=user, community=home)
    draw, now, category = random.Random(7), database_now(), Category.objects.all()[0]
    texts = [each["texts"]["zh-hans"]["text"] for each in ready()]
    versions = []
    for no in range(articles):
        article = Article(community=home, kind="question", keeper=user, made_at=now, made_by=user)
        version = ArticleVersion(article=article, number=1, published_at=now, published_by=user)
        title = f"{draw.choice(SUBJECTS)}{draw.choice(WHAT)}{no}"
        said = {"zh-hans": {"title": title, "text": "\n".join(draw.sample(texts, 3))[:1500]}}
        fill(version, Said(said, category, public=True), by=user, at=now)
        versions.append(version)
    Article.objects.bulk_create([each.article for each in versions], batch_size=1000)
    for each in versions:
        each.article = each.article
    ArticleVersion.objects.bulk_create(versions, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _table(articles: int, lines: list[tuple[str, float, float, float, str]]) -> str:
    head = (
        f"# The knowledge base at {articles:,} articles\n\n"
        f"`python -m tools.services -- python -m tests.bench.knowledge --write` on {date.today()}, {os.cpu_count()} "
        f"cores, Python {sys.version.split()[0]}: articles of one community, 1,500 characters at most. Milliseconds "
        "from what is typed to the thirty best, warm, in one process. The last column: whether EXPLAIN names "
        f"the trigram index `{INDEX}`.\n\n"
        "| what is typed | p50 | p99 | max | from the index |\n| --- | ---: | ---: | ---: | --- |\n"
    )
    rows = (
        f"| {name} | {p50:.1f} | {p99:.1f} | {most:.1f} | {index} |" for name, p50, p99, most, index in lines
    )
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
