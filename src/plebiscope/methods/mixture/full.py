"""The full posterior of the mixture by sampling, where NumPyro is installed (the extra ``bayes``).

The same law as the fast fit, the same grid of rates, the same priors, and districts with centres of their own
whose spread is sampled too; chains run on a processor or a graphics card with the same code. Its point is to
check the fast answer: :func:`posterior` takes the stations of a table that the fast fit would take, or a part
of them, and tells the shares of both classes with what says whether the chains can be used.

    import plebiscope
    from plebiscope.methods.mixture.full import posterior
    print(posterior(plebiscope.read("results.csv").returns, "Yes"))

The natural law has one part, as in the published model, where the fast fit takes up to five: what it calls
added may be a second kind of place, so that it is given only if there are such classes, and says nothing of
whether there are any. The rates lie on different sides of fixed bounds and no class exceeds the natural one,
so that labels cannot change places between chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from plebiscope.kernels.class_law import CONCENTRATION, Floats, Grid
from plebiscope.kernels.class_stations import Stations, behind
from plebiscope.kernels.class_totals import some_districts
from plebiscope.methods.mixture import METHOD, Params, chosen
from plebiscope.model.case import Contest
from plebiscope.model.errors import InputError
from plebiscope.model.method import Subject, lacking
from plebiscope.model.returns import Returns

TOLD = ("some", "most", "added", "moved")
"""Shares of both classes; mean rates of adding and moving in the class *some*, between their bounds."""
_WORDS = {
    "some": "share of stations, some added",
    "most": "share of stations, most added",
    "added": "mean rate of adding (0 to 1)",
    "moved": "mean rate of moving (0 to 1)",
}
AGREE, LONG = 1.01, 100.0
"""r-hat below which chains agree, and effective draws above which they are long enough."""


@dataclass(frozen=True)
class Sampled:
    """What the chains gave.

    Attributes
    ----------
    draws
        By name of :data:`TOLD`, shape (chains, draws).
    r_hat, effective
        Agreement of the chains (below 1.01 is wanted) and effective number of draws, by name; of both priors
        the worse.
    divergences
        Steps that left the path, with either prior: any makes the draws doubtful.
    prior
        By name, mean and ends of the middle 95 per cent, where the prior of the shares is even between 0
        and 1, and when small shares are more likely; their difference is the sensitivity to the prior.
    """

    draws: dict[str, Floats]
    r_hat: dict[str, float]
    effective: dict[str, float]
    divergences: int
    prior: dict[str, dict[str, tuple[float, float, float]]]

    def usable(self) -> bool:
        """Whether the chains agree, are long enough and none left its path."""
        agree = max(self.r_hat.values()) < AGREE and min(self.effective.values()) > LONG
        return agree and self.divergences == 0


@dataclass(frozen=True)
class Posterior:
    """The full posterior of a table for one option.

    Attributes
    ----------
    stations, of
        Stations sampled, and those of the table that can be asked.
    """

    option: str
    stations: int
    of: int
    sampled: Sampled

    def __str__(self) -> str:
        """Return a table for a terminal."""
        found = self.sampled
        lines = [
            f"“{self.option}”, {self.stations:,} of {self.of:,} stations; "
            f"{'usable' if found.usable() else 'NOT usable'}: {found.divergences} divergences, r-hat at most "
            f"{max(found.r_hat.values()):.3f} (below {AGREE} is wanted), effective draws at least "
            f"{min(found.effective.values()):,.0f} (above {LONG:.0f})",
            f"{'':34}{'mean':>8}{'95 % interval':>20}{'r-hat':>8}{'draws':>8}{'small ones likelier':>22}",
        ]
        for name in TOLD:
            mean, low, high = found.prior["even"][name]
            other = found.prior["few"][name][0]
            lines.append(
                f"{_WORDS[name]:34}{mean:8.4f}{f'{low:.4f} to {high:.4f}':>20}{found.r_hat[name]:8.3f}"
                f"{found.effective[name]:8.0f}{other:22.4f}"
            )
        return "\n".join(lines)


def posterior(
    returns: Returns,
    option: str | None = None,
    *,
    params: Params | None = None,
    stations: int = 1000,
    seed: int = 0,
    warmup: int = 400,
    draws: int = 400,
    chains: int = 2,
) -> Posterior:
    """Sample the posterior of a table, given that there are stations with ballots added.

    Parameters
    ----------
    returns
        The results, as ``plebiscope.read(...).returns``.
    option
        By default the leading one.
    params
        As of the method; ``parts`` is not used.
    stations
        About so many are sampled: whole districts, taken evenly from the list.
    seed, warmup, draws, chains
        As in :func:`sample`.

    Raises
    ------
    InputError
        If NumPyro is not installed, the table lacks the option or a column, or cannot be asked.
    """
    params = params or Params()
    option = option or returns.leader
    if option is None or option not in returns.options:
        raise InputError(
            f"there is no option “{option}” in this table",
            expected=f"one of {', '.join(returns.options) or 'its options'}",
            todo="name the option as in the file",
        )
    subject = Subject(Contest(id="table", name="this table", favoured=option), returns, ())
    if lacks := lacking(METHOD, subject):
        raise InputError(
            f"this table lacks {', '.join(lacks)}",
            expected="stations with registered voters, ballots cast and votes by option",
            todo="give a table that has them",
        )
    asked = chosen(subject, option, params)
    if asked.reason is not None:
        raise InputError(
            asked.reason, expected="a table that the method can be asked of", todo="take another"
        )
    found, _, _ = asked.sorted(params)
    part, _ = some_districts(found, stations)
    grid = Grid(params.least, params.most)
    drawn = sample(part, grid, seed=seed, warmup=warmup, draws=draws, chains=chains)
    return Posterior(option, len(part), len(found), drawn)


def sample(
    stations: Stations,
    grid: Grid,
    *,
    seed: int = 0,
    warmup: int = 400,
    draws: int = 400,
    chains: int = 2,
) -> Sampled:
    """Sample the posterior, given that there are such classes; the natural law has one part.

    Parameters
    ----------
    stations, grid
        As for the fast fit.
    seed
        Of the chains.
    warmup, draws, chains
        Steps of each chain that are thrown away, steps that are kept, number of chains.

    Raises
    ------
    InputError
        If NumPyro is not installed.
    """
    jax, diagnostics, infer = _numpyro()
    jax.config.update("jax_enable_x64", val=True)
    model = _model(stations, grid)
    begin = infer.init_to_value(values=_begin(stations))
    runs, divergences = {}, 0
    for name, few in (("even", 1.0), ("few", 4.0)):
        chain = infer.MCMC(
            infer.NUTS(model, init_strategy=begin, target_accept_prob=0.95),
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="sequential",
            progress_bar=False,
        )
        chain.run(jax.random.PRNGKey(seed), few=few, extra_fields=("diverging",))
        runs[name] = {key: np.asarray(chain.get_samples(group_by_chain=True)[key]) for key in TOLD}
        divergences += int(np.asarray(chain.get_extra_fields()["diverging"]).sum())
    return Sampled(
        draws=runs["even"],
        r_hat={
            name: max(float(diagnostics.split_gelman_rubin(run[name])) for run in runs.values())
            for name in TOLD
        },
        effective={
            name: min(float(diagnostics.effective_sample_size(run[name])) for run in runs.values())
            for name in TOLD
        },
        divergences=divergences,
        prior={kind: {name: _summary(one) for name, one in run.items()} for kind, run in runs.items()},
    )


def _numpyro() -> tuple[Any, Any, Any]:
    """Return the packages that sampling needs."""
    try:
        import jax
        from numpyro import diagnostics, infer
    except ImportError as error:
        raise InputError(
            "sampling the full posterior needs NumPyro",
            expected="the packages numpyro and jax",
            todo="install them with `pip install plebiscope[bayes]`",
        ) from error
    return jax, diagnostics, infer


def _summary(draws: Floats) -> tuple[float, float, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(draws.mean()), float(low), float(high)


def _begin(stations: Stations) -> dict[str, Any]:
    medians = stations.medians
    spread = np.maximum(medians.std(axis=0), 0.1)
    middle = medians.mean(axis=0)
    return {
        "width": np.log(0.3),
        "slope": 0.0,
        "noise": np.log(0.3),
        "of_natural": np.array([0.1, 0.02]),
        "added": 0.4,
        "moved": 0.4,
        "middle": middle,
        "spread": spread,
        "off": (medians - middle) / spread,
    }


def _model(stations: Stations, grid: Grid) -> Any:
    """Return the model as NumPyro wants it; everything that parameters do not move is computed beforehand."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from jax.scipy.special import logsumexp

    x, y, nxx, nxy, nyy, base = behind(stations, grid)
    cells = [np.diff(rate.ends) for rate in (grid.added, grid.moved)]
    middles = [(rate.ends[1:] + rate.ends[:-1]) / 2.0 for rate in (grid.added, grid.moved)]

    def law(mean: Any, at: Floats, width: Floats) -> Any:
        a, b = CONCENTRATION * mean, CONCENTRATION * (1.0 - mean)
        logs = (a - 1.0) * np.log(at) + (b - 1.0) * np.log1p(-at) + np.log(width)
        return logs - logsumexp(logs)

    def model(few: float) -> None:
        width = numpyro.sample("width", dist.Normal(-1.0, 1.5))
        slope = numpyro.sample("slope", dist.Normal(0.0, 1.0))
        noise = numpyro.sample("noise", dist.Normal(-1.0, 1.5))
        part = numpyro.sample("of_natural", dist.Beta(1.0, few).expand([2]).to_event(1))
        means = [numpyro.sample(name, dist.Uniform(0.0, 1.0)) for name in ("added", "moved")]
        middle = numpyro.sample("middle", dist.Normal(0.0, 3.0).expand([2]).to_event(1))
        spread = numpyro.sample("spread", dist.HalfNormal(1.0).expand([2]).to_event(1))
        off = numpyro.sample("off", dist.Normal(0.0, 1.0).expand([stations.districts, 2]).to_event(2))
        classes = jnp.concatenate([jnp.ones(1), part]) / (1.0 + part.sum())
        numpyro.deterministic("some", classes[1])
        numpyro.deterministic("most", classes[2])
        laws = [law(*three) for three in zip(means, middles, cells, strict=True)]
        some = jnp.log(classes[1]) + (laws[0][:, None] + laws[1]).ravel()
        most = jnp.log(classes[2]) + np.log(grid.most)
        chance = jnp.concatenate([jnp.log(classes[:1]), some, most])
        centre = (middle + spread * off)[stations.district]
        wide = jnp.exp(2.0 * width)
        sxx, sxy = nxx + wide, nxy + slope * wide
        syy = nyy + slope * slope * wide + jnp.exp(2.0 * noise)
        det = sxx * syy - sxy * sxy
        h, z = x - centre[:, :1], y - centre[:, 1:]
        square = (syy * h * h - 2.0 * sxy * h * z + sxx * z * z) / det
        numpyro.factor("counts", logsumexp(base + chance - 0.5 * (square + jnp.log(det)), axis=1).sum())

    return model
