"""Many questions of one kind at once.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(log10_p: ArrayLike) -> NDArray[np.float64]:
    """Adjust by Holm's step-down rule.

    Parameters
    ----------
    log10_p : array_like, shape (n,)
        Base-ten logarithms of p.

    Returns
    -------
    ndarray, shape (n,)
        Base-ten logarithms of the adjusted values, in the order given, at most 0.
    """
    values = np.asarray(log10_p, dtype=float)
    order = np.argsort(values, kind="stable")
    remaining = np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] + np.log10(remaining)), 0.0)
    return adjusted
