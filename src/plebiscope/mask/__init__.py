"""A copy of a dossier to be shared, in which names of stations, speakers or listed names are masked.

Every name becomes a pseudonym, the same in every file of the copy; nothing in the copy leads back to the
name. What was masked, and what masking cannot promise, stands in the copy.
"""

from __future__ import annotations

from plebiscope.mask.masking import Wanted, mask
from plebiscope.mask.write import write

__all__ = ["Wanted", "mask", "write"]
