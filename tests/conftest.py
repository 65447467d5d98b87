"""What several tests need: small tables of returns, and the reference data where they are present."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

import hypothesis
import polars as pl
import pytest

from plebiscope.model.returns import QUANTITIES, Accounting, Origin, Returns

# The ordinary suite tries the same examples each time, so that it fails for a reason in the change at hand;
# HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile("repeat", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

SLOWEST = 3600
"""Seconds after which a slow test has hung; the others have ``timeout`` of pyproject.toml."""

SHARED = Path(__file__).parents[2] / "shared"


def pytest_configure() -> None:
    """Let linear algebra take one thread in every worker, as the command line does.

    Numpy reads this when it is imported, which a worker does later than this. Each has a processor to itself:
    threads beside the first only wait, and burn the time of the others.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Do not look for garbage among what is collected, neither now nor in every test: it all lives to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless they are asked for by ``-m`` or by name, and wait longer for them."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOWEST))
    if config.getoption("-m") or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if "slow" in item.keywords]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if "slow" not in item.keywords]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that is skipped for want of a browser or a package has failed."""
    report = yield
    if report.skipped and os.environ.get("PLEBISCOPE_CI") and "reference data" not in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that is skipped as a whole, which no test of it would report."""
    report = yield
    if report.outcome == "skipped" and os.environ.get("PLEBISCOPE_CI"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Keep what is computed here apart from what the user has kept, in subprocesses too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; the test is skipped where it is absent."""
    if not (SHARED / "README.md").exists():
        pytest.skip("the reference data (../shared) are not on this machine")
    return SHARED


def build_returns(
    columns: Mapping[str, Sequence[object]],
    options: Sequence[str],
    areas: Sequence[str] = (),
    *,
    level: str = "station",
    contest: str = "vote",
    derived: Sequence[str] = (),
) -> Returns:
    """Make returns from columns; ``station``, ``mark`` and ``line`` are filled in when not given."""
    table = pl.DataFrame(dict(columns))
    n = table.height
    counts = [name for name in (*QUANTITIES, *options) if name in table.columns]
    table = table.with_columns(pl.col(counts).cast(pl.Int64))
    if "station" not in table.columns:
        table = table.with_columns(pl.Series("station", [str(i + 1) for i in range(n)], pl.String))
    mark = pl.col("mark") if "mark" in table.columns else pl.lit(None).alias("mark")
    table = table.with_columns(mark.cast(pl.String))
    if "line" not in table.columns:
        table = table.with_columns(pl.Series("line", range(2, n + 2), pl.Int64))
    return Returns(
        contest=contest,
        level=level,
        table=table,
        areas=tuple(areas),
        options=tuple(options),
        columns={name: Origin((name,), "given by the test", name in derived) for name in counts},
        accounting=Accounting(records=n, used=n, aggregates=0, furniture=0),
    )


@pytest.fixture(scope="session")
def make_returns() -> Callable[..., Returns]:
    return build_returns
