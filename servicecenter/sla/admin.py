"""`/admin/`: promises. A change goes through the same function as the API's and makes a new row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.lib import works
from servicecenter.lib.administration import HouseAdmin
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.sla import policies, recounts
from servicecenter.sla.models import PauseRule, Policy, WorkKind

TERMS = ("target_seconds", "clock", "warn_at", "escalate")
SUBJECT = ("work", "community", "urgency", "level", "stage")


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The terms of a promise."""

    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[(code, code or "—") for code in policies.URGENCIES]
    )
    escalate = forms.JSONField(label=_("Ladder"))
    apply_to_open = forms.BooleanField(label=_("Also for open work, from its original start"), required=False)

    class Meta:
        model = Policy
        fields = (*SUBJECT, "target_seconds", "clock", "warn_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["escalate"] = self.instance.escalate

    def clean_escalate(self) -> list[dict[str, Any]]:
        """A list of rungs."""
        ladder = self.cleaned_data["escalate"]
        shaped = isinstance(ladder, list) and all(
            isinstance(rung, dict)
            and {"after", "to"} <= set(rung) <= {"after", "to", "channel"}
            and isinstance(rung["after"], (int, float))
            for rung in ladder
        )
        if not shaped:
            raise ValidationError(_("Please write the ladder like the one that was here."))
        return list(ladder)

    def validate_unique(self) -> None:
        """The row before is closed by the change, so there are never two."""

    def validate_constraints(self) -> None:
        """As above."""

    @property
    def subject(self) -> policies.Subject:
        """What the promise is about: as it was, for one that exists."""
        values = {name: getattr(self.instance, name) for name in SUBJECT}
        return policies.Subject(**values)

    @property
    def terms(self) -> policies.Terms:
        """What is promised."""
        return policies.Terms(**{name: self.cleaned_data[name] for name in TERMS})

    def _post_clean(self) -> None:
        """Shows what the rules refuse where it was typed."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            policies.check(self.subject, self.terms)
        except Refusal as refusal:
            add_refusal(self, refusal)


@admin.register(Policy)
class PolicyAdmin(HouseAdmin):
    """The promises in force."""

    form = PolicyForm
    list_display = ("work", "stage", "urgency", "level", "community", "target_seconds", "clock", "since")
    list_filter = ("work", "stage", "community")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        return Policy.objects.current().visible_to(current_user(request)).select_related("community")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new promise begins with the usual ladder."""
        return super().get_changeform_initial_data(request) | {"escalate": list(policies.USUAL_LADDER)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only communities of one's own, or the whole company."""
        if db_field.name == "community":
            kwargs["queryset"] = Community.objects.visible_to(current_user(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> tuple[str, ...]:
        """What a promise is about does not change; another subject is another promise."""
        return SUBJECT if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        """Makes the new row; `obj` becomes it, so that the history of the admin names it."""
        saved = policies.change(
            form.subject,
            form.terms,
            by=current_user(request),
            apply_to_open=form.cleaned_data["apply_to_open"],
        )
        obj.pk = saved.pk
        if applied := recounts.progress(saved):
            messages.info(request, applied.words())

    def response_change(self, request: HttpRequest, obj: Policy) -> HttpResponse:
        """The old row's page is gone."""
        super().response_change(request, obj)
        return redirect("admin:sla_policy_changelist")

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        """“No target” is a decision of its own; nothing is forgotten."""
        return False


class PauseRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One reason to pause, chosen from those that a kind of work knows."""

    subject = forms.ChoiceField(label=_("Reason"))

    class Meta:
        model = PauseRule
        fields = ("community", "longest_days", "consent_after_days", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            (f"{work.code}:{code}", f"{WorkKind(work.code).label} · {label}")
            for work in works.all_works()
            for code, label in work.pause_reasons
        ]
        if self.instance.pk:
            self.initial["subject"] = f"{self.instance.work}:{self.instance.reason}"
            self.fields["subject"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Puts the reason into the row before its constraints are checked."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "subject" in cleaned:
            self.instance.work, _colon, self.instance.reason = cleaned["subject"].partition(":")
        return cleaned


@admin.register(PauseRule)
class PauseRuleAdmin(HouseAdmin):
    """For which reasons clocks may pause."""

    form = PauseRuleForm
    list_display = ("work", "reason", "community", "longest_days", "consent_after_days", "active")
    list_filter = ("work", "community")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PauseRule]:
        return PauseRule.objects.visible_to(current_user(request)).select_related("community")

    def has_delete_permission(self, request: HttpRequest, obj: PauseRule | None = None) -> bool:
        """A reason is forbidden, not forgotten."""
        return False
