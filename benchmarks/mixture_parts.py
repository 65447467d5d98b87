"""What the mixture says of reference votes where the account of places has fewer kinds of spread.

    python benchmarks/mixture_parts.py FOLDER [--parts 1 2] [--only ID ...]

FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names; asked are the votes
that are clean or disputed on other grounds. Printed are the log Bayes factor and, where a number is told, the
stations. `docs/calibration.md` says what came out.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from reference_votes import LIST, listed, subjects_of

from plebiscope.methods.mixture import METHOD, Params
from plebiscope.model.method import lacking


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each vote, option and number of kinds."""
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    said.add_argument("folder", type=Path)
    said.add_argument("--parts", type=int, nargs="+", default=[1, 2])
    said.add_argument("--only", nargs="+", metavar="ID")
    given = said.parse_args(arguments)
    for vote in listed(LIST):
        wanted = vote["standing"] in ("clean", "disputed") if given.only is None else vote["id"] in given.only
        files = [given.folder / name for name in vote.get("files", ())]
        if not wanted or not files or not all(file.is_file() for file in files):
            continue
        for subject in subjects_of(vote, files):
            if lacking(METHOD, subject):
                continue
            for parts in given.parts:
                params = dataclasses.replace(Params(), parts=parts)
                for one in METHOD.measure(subject, params, np.random.default_rng(0)).measurements:
                    if one.effect is None:
                        continue
                    factor = next(each.value for each in one.effects if each.name == "log Bayes factor")
                    told = f"{one.effect.value:,.0f} stations" if one.effect.value else "no number is told"
                    print(f"{vote['id']}, {one.option}, {parts}: {factor:.1f}, {told}", flush=True)


if __name__ == "__main__":
    main()
