"""What a cell of a review file can mean."""

from __future__ import annotations

import pytest

from plebiscope.conduct.review_line import day
from plebiscope.model.errors import InputError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2031-09-14", "2031-09-14"),
        ("2031-09-14/2031-09-16", "2031-09-14/2031-09-16"),
        ("2031-09", "2031-09"),
        ("14/09/2031", "2031-09-14"),
        ("9/14/2031", "2031-09-14"),
        ("5/5/31", "2031-05-05"),
        ("03.04.2031", "2031-04-03"),
        ("14-Sep-31", "2031-09-14"),
        ("14 September 2031", "2031-09-14"),
        ("Sep 14, 2031", "2031-09-14"),
    ],
)
def test_days_as_spreadsheets_print_them(written: str, meant: str) -> None:
    assert day(written, "here") == meant


@pytest.mark.parametrize("written", ["", "2031-13-01", "31/02/2031", "14 Foo 2031", "1/2/2031", "0000-00"])
def test_what_is_no_day_or_two(written: str) -> None:
    with pytest.raises(InputError):
        day(written, "here")
