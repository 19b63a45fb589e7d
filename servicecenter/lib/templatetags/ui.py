"""The components of all four faces: a status, a deadline, an action look the same wherever they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from servicecenter.lib import looks, marks, nav
from servicecenter.lib.formtools import new_key
from servicecenter.lib.scripts import script_words

register = template.Library()

MARKS: tuple[Callable[..., Any], ...] = (
    marks.icon,
    marks.status_badge,
    marks.urgency_badge,
    marks.warranty_badge,
    marks.number,
    marks.deadline,
    marks.moment,
    marks.exact,
    marks.phone,
)
for mark in MARKS:
    register.simple_tag(mark)
register.simple_tag(new_key)


@register.filter
def action_icon(action: Any) -> str:
    """The icon that an action names, else the one of its code."""
    return str(getattr(action, "icon", "") or "") or looks.action_icon(str(action.code))


@register.filter
def undo_url(message: Any) -> str:
    """The local address that undoes what a message tells (`extra_tags="undo=/path/"`); '' without one."""
    for word in (message.extra_tags or "").split():
        if word.startswith("undo=/") and not word.startswith("undo=//"):
            return str(word.removeprefix("undo="))
    return ""


@register.inclusion_tag("components/action_bar.html", takes_context=True)
def action_bar(context: Mapping[str, Any], actions: Iterable[Any], target: str = "") -> dict[str, Any]:
    """Buttons of what may be done now; `target` (a selector) lets HTMX replace that part with the answer."""
    return {"actions": list(actions or ()), "target": target, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """What happened, in the order given: `.at .label`, maybe `.actor .text .icon .tone .internal .photos`."""
    return {"events": list(events or ())}


@register.inclusion_tag("components/form.html")
def render_form(form: BaseForm) -> dict[str, Any]:
    """Errors of the whole form, hidden fields and every visible field."""
    return {"form": form}


@register.inclusion_tag("components/field.html")
def render_field(field: BoundField) -> dict[str, Any]:
    """One field: label, help and error tied to the control."""
    return {"field": field}


@register.filter
def control(field: BoundField) -> SafeString:
    """The control of a field with Tabler's class, and the state that assistive technology reads."""
    kind = getattr(field.field.widget, "input_type", "")
    classes = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
    css = classes.get(kind, "form-control")
    attributes: dict[str, str | bool] = {
        "class": f"{css} {field.field.widget.attrs.get('class', '')}".strip()
    }
    described = [f"{field.auto_id}_help"] if field.help_text else []
    if field.errors:
        attributes["class"] = f"{attributes['class']} is-invalid"
        attributes["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)


@register.filter
def said_now(spoken: Any) -> str:
    """What something says in the reader's language: whatever has `said(language)`."""
    return str(spoken.said(get_language() or ""))


@register.filter
def widget_kind(field: BoundField) -> str:
    """`checkbox`, `radio`, `file` (photos), `document`, `text`, … : what the template lays out differently."""
    if field.is_hidden:
        return "hidden"
    several = getattr(field.field.widget, "allow_multiple_selected", False)
    kind = str(getattr(field.field.widget, "input_type", "textarea"))
    if kind == "file" and "image" not in field.field.widget.attrs.get("accept", "image"):
        return "document"
    return "checks" if kind == "checkbox" and several else kind


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", url: str = "", label: str = ""
) -> dict[str, Any]:
    """Nothing to show, said kindly, with the next thing to do."""
    return {"title": title, "text": text, "icon_name": icon, "url": url, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(newer: str = "", older: str = "") -> dict[str, Any]:
    """Links to the neighbouring pages of a cursor-paginated list; '' leaves one out."""
    return {"newer": newer, "older": older}


@register.inclusion_tag("components/stat.html")
def stat(
    label: str,
    value: Any,
    unit: str = "",
    trend: float | None = None,
    target: str = "",
    tone: str = "",
    url: str = "",
    hint: str = "",
    better: str = "up",
) -> dict[str, Any]:
    """A figure, its change against the last period, its target. `better`: the direction that is good."""
    direction = "flat" if not trend else "up" if trend > 0 else "down"
    tones = {"flat": "plain", better: "good"}
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "trend": None if trend is None else abs(trend),
        "direction": direction,
        "trend_tone": tones.get(direction, "bad"),
        "target": target,
        "tone": {"warn": "waiting"}.get(tone, tone),
        "url": url,
        "hint": hint,
    }


@register.inclusion_tag("components/photo_strip.html")
def photo_strip(photos: Iterable[Any]) -> dict[str, Any]:
    """Photos side by side: `.url`, optionally `.thumb_url` and `.caption`."""
    return {"photos": list(photos or ())}


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Pairs of label and value."""
    return {"rows": list(rows)}


@register.inclusion_tag("components/steps.html")
def steps(steps: Iterable[Any]) -> dict[str, Any]:
    """The way of a case: `.label .state` (done, now, next) and optionally `.at .note`."""
    return {"steps": list(steps)}


@register.inclusion_tag("components/next_step.html")
def next_step(sentence: str, when: datetime | None = None, icon: str = "arrow-right") -> dict[str, Any]:
    """What happens next and until when."""
    return {"sentence": sentence, "when": when, "icon_name": icon}


@register.inclusion_tag("components/filter_tabs.html")
def filter_tabs(tabs: Iterable[Any]) -> dict[str, Any]:
    """Saved filters with counts: `.label .url .count .active`, optionally `.code .tone`."""
    return {"tabs": list(tabs)}


@register.inclusion_tag("components/chart.html")
def chart(
    id: str,
    title: str,
    option: Mapping[str, Any],
    columns: Sequence[str] | None = None,
    rows: Iterable[Sequence[Any]] | None = None,
) -> dict[str, Any]:
    """A plot from an ECharts option, its figures also as a table. A data item with `url` can be clicked."""
    return {"id": id, "title": title, "option": option, "columns": columns, "rows": rows}


@register.simple_tag(takes_context=True)
def nav_links(context: Mapping[str, Any], face: str) -> list[nav.Link]:
    """The navigation of a face for this request."""
    return nav.links(face, _path(context), context.get("nav_counts"), _role(context))


@register.simple_tag(takes_context=True)
def manage_links(context: Mapping[str, Any]) -> list[nav.Link]:
    """The management pages that this reader may open."""
    return nav.manage_links(_path(context), _role(context))


def _path(context: Mapping[str, Any]) -> str:
    request = context.get("request")
    return request.path if request else ""


def _role(context: Mapping[str, Any]) -> str:
    return str(getattr(context.get("user"), "role", ""))


@register.simple_tag
def ui_words() -> SafeString:
    """What scripts need to know and say, in the reader's language: no sentence stands in a script."""
    return json_script(script_words(), "ui-words")
