"""The frozen record that every noun written to JSON is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen record: no unknown keys, no NaN or infinity, no later change."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        # Each is built when the first one is made: whoever needs none does not wait for it.
        defer_build=True,
    )
