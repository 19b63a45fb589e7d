"""The form that hands a roll in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.lib.formtools import KeyField

LARGEST = 20 * 1024 * 1024


class UploadForm(forms.Form):
    """Which community, and its roll. What is inside the file is looked at by the dry run."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("Roll"),
        help_text=_("An .xlsx, .xls or .csv file of at most 20 MB. Nothing is imported before you say so."),
        error_messages={"empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Community.objects.visible_to(by)

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuses files of more than 20 MB."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(_("The file is larger than 20 MB."), code="too_large")
        return file
