"""Header lines of some two dozen electoral authorities, with simulated counts: read without help."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from portals import PORTALS, Portal, written

from plebiscope.model.returns import Returns


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_headers_of_an_authority_are_read(
    portal: Portal, seed: int, returns_of: Callable[..., Returns]
) -> None:
    grid, vote = portal.grid(seed)
    found = returns_of(written(grid, portal.delimiter))
    expected = portal.expected(vote)
    assert {name: found.sums.get(name) for name in expected} == expected
    assert list(found.options) == portal.printed()
    for option, printed in zip(portal.options, portal.printed(), strict=False):
        assert found.sums[printed] == vote.counts[option].sum()
    assert len(found) == len(vote)
    assert not found.accounting.quarantine
    if portal.level is not None:
        assert found.level == portal.level
