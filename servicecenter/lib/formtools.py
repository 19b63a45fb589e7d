"""What our forms need: a refusal shown where it was typed, an idempotency key, instants, pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, ClassVar, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.clock import LOCAL
from servicecenter.lib.refusals import Refusal

MOST_FILES = 9
REUSED = _("You have sent this form before. If this is about something else, send it again.")
# An instant outside these years is a slip of the finger; it would overflow arithmetic that adds a few days.
YEARS = range(2000, 2100)


def add_refusal(form: forms.BaseForm, refusal: Refusal, names: Mapping[str, str] | None = None) -> None:
    """Puts a refusal on the form: its field errors on the fields, everything else above the form.

    `names` translates names of the action's arguments into names of the form's fields where they differ.
    """
    placed = False
    for name, sentences in refusal.errors.items():
        field = (names or {}).get(name, name)
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, str(sentence))
            placed = True
    if not placed:
        form.add_error(None, REUSED if refusal.code == "idempotency_key_reused" else str(refusal.sentence))


def new_key() -> str:
    """A fresh idempotency key, drawn with the form."""
    return str(uuid4())


def renewed(data: Mapping[str, Any], **changes: str) -> QueryDict:
    """What was sent, under a new idempotency key: sending it once more is then a request of its own."""
    sent = data.copy() if isinstance(data, QueryDict) else QueryDict(mutable=True)
    if not isinstance(data, QueryDict):
        sent.update({name: str(value) for name, value in data.items()})
    for name, value in ({"idempotency_key": new_key()} | changes).items():
        sent[name] = value
    return sent


class KeyField(forms.CharField):
    """The hidden idempotency key of a form that creates something; '' when a client sends none."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, initial=new_key, max_length=36, **kwargs)

    def clean(self, value: Any) -> str:
        """A key that is not a UUID was tampered with and is treated as none."""
        try:
            return str(UUID(str(value))) if value else ""
        except ValueError:
            return ""


class DayField(forms.DateField):
    """A day from the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> date | None:
        """Refuses years that nobody means."""
        day: date | None = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise ValidationError(_("Please check the year."), code="invalid")
        return day


class HourField(forms.TimeField):
    """A time of day from the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class MomentField(forms.DateTimeField):
    """A local date and time from the browser's own picker, as an aware instant."""

    def __init__(self, **kwargs: Any) -> None:
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=kwargs.pop("widget", picker), **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """Refuses years that nobody means. The answer has the offset of the community: PostgreSQL knows none beyond
        16 hours, and a client may send any."""
        moment = cast("datetime | None", super().clean(value))
        if moment is None:
            return None
        if moment.year not in YEARS:
            raise ValidationError(_("Please check the year."), code="invalid")
        return moment.astimezone(LOCAL)


class PicturesInput(forms.ClearableFileInput):
    """A file input that takes several pictures, from the camera too."""

    allow_multiple_selected = True
    # A file input as it is: no "currently" line, no checkbox to clear it.
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, documents: bool = False) -> None:
        accepted = "image/*,application/pdf" if documents else "image/*"
        super().__init__({"accept": accepted, "data-shrink": ""} | (attrs or {}))


class PicturesField(forms.FileField):
    """Up to nine pictures. What is inside them is checked when they are stored."""

    default_error_messages: ClassVar[dict[str, Any]] = {"many": _("At most nine photos can be added.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=kwargs.pop("widget", PicturesInput()), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """The files that were sent; [] for none in an optional field."""
        files = [each for each in data or [] if each] if isinstance(data, (list, tuple)) else [data]
        if len(files) > MOST_FILES:
            raise ValidationError(self.error_messages["many"], code="many")
        cleaned = [super(PicturesField, self).clean(each, initial) for each in files or [None]]
        return [each for each in cleaned if each]


def files_of(uploads: Sequence[UploadedFile[bytes]]) -> list[tuple[IO[bytes], str]]:
    """Uploads with the names that they were sent under."""
    return [(cast(IO[bytes], upload), upload.name or "") for upload in uploads]
