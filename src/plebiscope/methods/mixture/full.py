"""The full posterior of the mixture by sampling, where NumPyro is installed (the extra ``bayes``).

The same law as the fast fit, the same grid of rates, the same priors, and districts with centres of their own
whose spread is sampled too; chains run on a processor or a graphics card with the same code. Its point is to
check the fast answer: :func:`sample` returns draws of the shares with what tells whether they can be used.

    from plebiscope.methods.mixture.full import sample
    found = sample(stations, Grid(0.1, 0.7), seed=1)

The rates lie on different sides of fixed bounds and no class exceeds the natural one, so that labels cannot
change places between chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from plebiscope.kernels.class_law import CONCENTRATION, Floats, Grid
from plebiscope.kernels.class_mixture import Stations, behind
from plebiscope.model.errors import InputError

TOLD = ("some", "most", "added", "moved")
"""Shares of both classes; mean rates of adding and moving in the class *some*, between their bounds."""


@dataclass(frozen=True)
class Sampled:
    """What the chains gave.

    Attributes
    ----------
    draws
        By name of :data:`TOLD`, shape (chains, draws).
    r_hat, effective
        Agreement of the chains (below 1.01 is wanted) and effective number of draws, by name.
    divergences
        Steps that left the path: any makes the draws doubtful.
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
        agree = max(self.r_hat.values()) < 1.02 and min(self.effective.values()) > 100.0
        return agree and self.divergences == 0


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
    try:
        import jax
        from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
        from numpyro.infer import MCMC, NUTS, init_to_value
    except ImportError as error:
        raise InputError(
            "sampling the full posterior needs NumPyro",
            expected="the packages numpyro and jax",
            todo="install them with `pip install plebiscope[bayes]`",
        ) from error
    jax.config.update("jax_enable_x64", val=True)
    model = _model(stations, grid)
    begin = init_to_value(values=_begin(stations))
    runs, divergences = {}, 0
    for name, few in (("even", 1.0), ("few", 4.0)):
        chain = MCMC(
            NUTS(model, init_strategy=begin, target_accept_prob=0.9),
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="sequential",
            progress_bar=False,
        )
        chain.run(jax.random.PRNGKey(seed), few=few, extra_fields=("diverging",))
        runs[name] = {key: np.asarray(chain.get_samples(group_by_chain=True)[key]) for key in TOLD}
        if name == "even":
            divergences = int(np.asarray(chain.get_extra_fields()["diverging"]).sum())
    found = runs["even"]
    return Sampled(
        draws=found,
        r_hat={name: float(split_gelman_rubin(one)) for name, one in found.items()},
        effective={name: float(effective_sample_size(one)) for name, one in found.items()},
        divergences=divergences,
        prior={kind: {name: _summary(one) for name, one in run.items()} for kind, run in runs.items()},
    )


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
