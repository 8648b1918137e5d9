"""Assessment: rows and a framework in, a record out.

`load_framework` reads claims from TOML, strictly. `assess` is the one path from rows to findings, verdict and page.

This package runs no model and reads no file but frameworks. It belongs to the light wing: torch is never loaded here.
"""

from holdfast.assure._assess import assess
from holdfast.assure._estimates import exact_share
from holdfast.assure._frameworks import load_framework, parse_framework, shipped_frameworks
from holdfast.assure._leaves import LEAVES

__all__ = ["LEAVES", "assess", "exact_share", "load_framework", "parse_framework", "shipped_frameworks"]
