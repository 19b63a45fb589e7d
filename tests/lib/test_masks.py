"""Masked data can be recognised but not used."""

from __future__ import annotations

import pytest

from servicecenter.lib.masks import group_phone, mask_id_number, mask_name, mask_phone, mask_plate


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800000001", "138****0001"),
        ("+86 138 0000 0001", "138****0001"),
        ("１３８０００００００１", "138****0001"),
        ("0592-5551234", "059****1234"),
        ("110", "*10"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_a_mobile_number_is_grouped_for_reading_aloud_masked_or_not() -> None:
    assert group_phone("13800000001") == "138 0000 0001"
    assert group_phone("138****0001") == "138 **** 0001"


def test_a_landline_is_grouped_by_its_area_code() -> None:
    assert group_phone("0592-5550110") == "0592-5550110"
    assert group_phone("02188886666") == "021-88886666"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("350203199001011234", "3502**********1234"),
        ("35020319900101123x", "3502**********123X"),
        ("12345678", "********"),
    ],
)
def test_an_id_number_keeps_its_ends(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("plate", "masked"),
    [("闽D12123", "闽D·**123"), ("闽D·12123", "闽D·**123"), ("闽DD12123", "闽D·***123"), ("闽D", "**")],
)
def test_a_plate_keeps_its_place_and_its_last_three(plate: str, masked: str) -> None:
    assert mask_plate(plate) == masked


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王**"), ("王", "王"), ("Li Wei", "L* W**"), ("", "")]
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked
