"""An application to decorate, taken at the desk."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from decoration.actions import begin_application
from decoration.queries.lists import unit_coded
from owners.models import Person, Unit
from owners.queries.homes import residents_here
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.formtools import KeyField


class ApplicantForm(forms.Form):
    """Who of the unit applies."""

    applicant = forms.ModelChoiceField(
        label=_("Who applies"), queryset=Person.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    idempotency_key = KeyField()

    def __init__(self, *args: object, unit: Unit | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        homes = residents_here(unit) if unit else []
        field = self.fields["applicant"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.filter(pk__in=[each.person_id for each in homes])
        field.choices = [(each.person_id, f"{each.person} · {each.get_role_display()}") for each in homes]
        if homes:
            self.initial.setdefault("applicant", homes[0].person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def permit_new(request: HttpRequest) -> HttpResponse:
    """First the unit, then who of those who live there applies; the parts are filled in on the next page."""
    user = current_user(request)
    code = request.GET.get("unit", "")[:80].replace("\0", "")
    unit = unit_coded(user, code) if code else None
    form = ApplicantForm(request.POST if request.method == "POST" and unit else None, unit=unit)
    number = sent_before(request, user)
    if number is None and unit is not None:
        number = settled(
            request,
            form,
            user,
            lambda: begin_application(unit, form.cleaned_data["applicant"], by=user).number,
        )
    if number is not None:
        return redirect("permits:edit", number)
    context = {"form": form, "unit": unit, "code": code}
    return page(request, "desk/permit_new.html", context, status=422 if form.is_bound else 200)
