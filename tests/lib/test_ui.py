"""The components say the same on every face and stay safe with whatever people type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation

from servicecenter.lib import looks, nav

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@dataclass
class Case:
    status: str = "on_site"
    urgency: str = "emergency"
    number: str = "R261122-0042"

    def get_status_display(self) -> str:
        return "<b>已到场</b>"


@dataclass
class Action:
    code: str
    label: str
    url: str = "/go/"
    method: str = "post"
    style: str = ""
    icon: str = ""
    needs: tuple[str, ...] = ()


class Form(forms.Form):
    text = forms.CharField(help_text="One sentence")
    phone = forms.CharField(required=False)


def draw(source: str, **context: object) -> str:
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


def test_a_status_is_a_word_a_shape_and_a_colour() -> None:
    html = draw("{% status_badge case %}", case=Case())
    assert 'data-status="on_site"' in html
    assert "tone-active" in html
    assert "#i-map-pin" in html


def test_a_word_from_outside_is_escaped() -> None:
    assert "<b>" not in draw("{% status_badge case %}", case=Case())


def test_an_unknown_status_still_has_its_word() -> None:
    html = draw("{% status_badge case %}", case=Case(status="moon"))
    assert "tone-plain" in html
    assert "已到场" in html


def test_a_quiet_list_shows_only_what_is_out_of_the_ordinary() -> None:
    source = "{% urgency_badge case quiet=True %}"
    assert draw(source, case=Case(urgency="normal")) == ""
    assert 'data-urgency="emergency"' in draw(source, case=Case())


def test_a_running_deadline_can_be_refreshed_by_the_page() -> None:
    due_at = timezone.now() + timedelta(hours=2)
    html = draw("{% deadline due_at why='/why/' %}", due_at=due_at)
    assert f'data-due="{due_at.isoformat()}"' in html
    assert 'data-deadline="soon"' in html
    assert 'href="/why/"' in html


@pytest.mark.parametrize("state", ["paused_at=before", "met_at=due_at"])
def test_a_deadline_that_does_not_run_is_left_alone_by_the_page(state: str) -> None:
    now = timezone.now()
    html = draw(f"{{% deadline due_at {state} %}}", due_at=now, before=now - timedelta(hours=1))
    assert "data-due" not in html


def test_an_action_without_input_is_a_form_and_one_with_input_is_a_link() -> None:
    actions = [Action("accept", "Accept"), Action("cancel", "Cancel", needs=("reason",))]
    html = draw("{% action_bar actions %}", actions=actions, csrf_token="token")
    assert re.search(r'<form method="post"\s+action="/go/"', html)
    assert re.search(r'<button[^>]*data-action="accept"', html)
    assert re.search(r'<a[^>]*data-action="cancel"[^>]*data-dialog', html)
    assert 'value="token"' in html


def test_no_actions_draw_nothing() -> None:
    assert draw("{% action_bar actions %}", actions=[]).strip() == ""


def test_a_refused_field_ties_its_error_and_its_help_to_the_control() -> None:
    html = draw("{% render_form form %}", form=Form({"text": ""}))
    assert 'aria-describedby="id_text_help id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_text_error"' in html


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert draw("{% render_form form %}", form=Form()).count('class="optional"') == 1


def test_a_phone_is_masked_unless_it_may_be_seen() -> None:
    assert "0000" not in draw("{% phone '13800000001' %}")
    assert 'href="tel:13800000001"' in draw("{% phone '13800000001' full=True %}")


def test_a_chart_option_cannot_end_its_script() -> None:
    html = draw("{% chart 'a' 'Title' option %}", option={"title": "</script><script>"})
    assert "</script><script>" not in html


def test_every_icon_that_code_chooses_is_in_the_sprite() -> None:
    drawn: set[str] = set()
    for path in TEMPLATES.rglob("*.html"):
        drawn |= set(re.findall(r"""\{% icon ["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    tables = (looks.STATUS, looks.WARRANTY, looks.URGENCY, looks.DEADLINE)
    chosen = {look.icon for table in tables for look in table.values()}
    chosen |= set(looks.ACTION.values()) | {item.icon for items in nav.FACES.values() for item in items}
    chosen |= {card.icon for card in nav.MANAGE}
    assert chosen - drawn == set()


def test_no_template_holds_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style")
    guilty = [path for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))]
    assert guilty == []


def test_the_navigation_marks_the_place_that_a_page_lies_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        nav, "_url", lambda route: {"desk:home": "/desk/", "desk:queue": "/desk/queue/"}.get(route, "")
    )
    here = [link.item.code for link in nav.links("desk", "/desk/queue/R261122-0042/") if link.here]
    assert here == ["queue"]


def test_a_persons_card_lies_in_the_owner_records() -> None:
    assert [link.item.code for link in nav.links("desk", "/desk/people/7/") if link.here] == ["roll"]
