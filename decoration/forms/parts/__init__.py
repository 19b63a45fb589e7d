"""The application, part by part: each is saved by itself, in any order, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping

from decoration.forms.parts.base import PartForm, PhoneField
from decoration.forms.parts.many import (
    DropPictureForm,
    DropWorkerForm,
    PaperForm,
    RoomForm,
    WorkerForm,
)
from decoration.forms.parts.once import ContractorForm, DaysForm

PARTS: Mapping[str, type[PartForm]] = {
    form.code: form
    for form in (
        DaysForm,
        ContractorForm,
        RoomForm,
        WorkerForm,
        PaperForm,
        DropWorkerForm,
        DropPictureForm,
    )
}

__all__ = ["PARTS", "PartForm", "PhoneField"]
