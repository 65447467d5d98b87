"""In CI a test that is skipped for want of something has failed, be it one test or a module as a whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SINGLE = "import pytest\n\n\ndef test_one():\n    pytest.skip('{reason}')\n"
WHOLE = "import pytest\n\npytest.skip('{reason}', allow_module_level=True)\n"


@pytest.mark.parametrize(
    ("module", "reason", "ci", "code"),
    [
        (SINGLE, "no Chromium on this machine", True, 1),
        (WHOLE, "no Chromium on this machine", True, 2),
        (SINGLE, "the reference data are not on this machine", True, 0),
        (SINGLE, "no Chromium on this machine", False, 0),
        (WHOLE, "no Chromium on this machine", False, 5),
    ],
)
def test_a_skip_fails_in_ci_only(tmp_path: Path, module: str, reason: str, ci: bool, code: int) -> None:
    shutil.copy(Path(__file__).parents[1] / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_it.py").write_text(module.format(reason=reason), "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PLEBISCOPE_CI"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=environment | ({"PLEBISCOPE_CI": "1"} if ci else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
