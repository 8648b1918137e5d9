"""Where Holdfast keeps what outlives a run."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """`$HOLDFAST_HOME`, or the user data directory of the platform."""
    if chosen := environment.get("HOLDFAST_HOME"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "holdfast"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "holdfast"
