"""What is kept on disk: the ledger of committed plans, and the directories of runs.

`Ledger` is append-only and hash-chained; `open_run` finds or makes a run's directory; `home` says where the ledger and
trained organisms live. This package does not know what any of it means.
"""

from holdfast.store._home import home
from holdfast.store._ledger import Entry, Ledger
from holdfast.store._runs import RunDirectory, open_run

__all__ = ["Entry", "Ledger", "RunDirectory", "home", "open_run"]
