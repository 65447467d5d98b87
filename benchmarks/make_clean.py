"""Fit fair worlds to clean votes and write what they came to, for worlds/clean.toml.

    python benchmarks/make_clean.py FOLDER

FOLDER holds the published results that `src/plebiscope/calibrate/reference.toml` names. Of its votes those
are taken that it calls clean, that were published by station and that say how many were registered. Only
figures are written: spreads, correlations, sizes.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np

import plebiscope
from plebiscope import study
from plebiscope.model.errors import InputError
from plebiscope.worlds.fair import Fair, fit
from plebiscope.worlds.ground import ground

HOUSE = Path(plebiscope.__file__).parent
HEAD = """# How stations of clean votes differ, made by `python benchmarks/make_clean.py FOLDER` and not
# edited by hand: the tight version of worlds/fair.py. Layers run from the largest areas to stations, spreads
# are standard deviations on the scale of logits. `registered` is the median of voters per station and the
# standard deviation of its logarithm; `invalid` the middle and the spread of the logit of its rate.
"""


def main(folder: Path) -> None:
    """Write the file."""
    votes = tomllib.loads((HOUSE / "calibrate" / "reference.toml").read_text("utf-8"))["vote"]
    parts = [HEAD]
    for vote in votes:
        if vote["standing"] != "clean" or "files" not in vote:
            continue
        try:
            files = [folder / file for file in vote["files"]]
            returns = study.read(*files, mapping=vote.get("mapping")).returns
            here = ground(returns)
        except (InputError, LookupError) as error:
            print(f"{vote['id']}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        if returns.level != "station" or not here.has_registered or not here.areas:
            print(f"{vote['id']}: not by station, or without registered voters or areas", file=sys.stderr)
            continue
        parts.append(_entry(vote["id"], vote["name"], fit(here)))
        print(f"{vote['id']}: {len(here):,} stations", file=sys.stderr)
    (HOUSE / "worlds" / "clean.toml").write_text("\n".join(parts), "utf-8")


def _entry(name: str, title: str, found: Fair) -> str:
    size = np.log(found.ground.counts.registered)
    lines = [
        "[[vote]]",
        f'id = "{name}"',
        f'name = "{title}"',
        f"stations = {len(found.ground)}",
        f"registered = [{round(float(np.exp(np.median(size))))}, {size.std():.2f}]",
        f"turnout = {found.turnout:.3f}",
        f"share = {found.share:.3f}",
        f"size = [{found.size[0]:.3f}, {found.size[1]:.3f}]",
    ]
    if found.invalid is not None:
        lines.append(f"invalid = [{np.median(found.invalid[0]):.3f}, {found.invalid[1]:.3f}]")
    areas = found.ground.areas
    for layer in found.layers:
        if layer.turnout or layer.share:
            each = len(found.ground) / (int(areas[layer.name].max()) + 1) if layer.name in areas else 1.0
            lines += [
                "[[vote.layer]]",
                f"stations = {each:.1f}",
                f"turnout = {layer.turnout:.3f}",
                f"share = {layer.share:.3f}",
                f"correlation = {layer.correlation:.2f}",
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
