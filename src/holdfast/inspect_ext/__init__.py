"""Holdfast inside Inspect AI: honest intervals as metrics, and stopping early without paying for it.

    share_interval      a metric: the share with its exact interval, or one by cluster; never of zero width
    judge_role          the model of a role as a judge that plain code can ask
    cornered            a task: agents with a mailbox, and how often they coerce when they are cornered
    AnytimeStopping     an `EarlyStopping` manager: stops when a threshold is decided, with an interval that holds then
    write_eval_logs     a finished audit as `.eval` logs, for `inspect view`

Inspect finds the metric by entry point: `metrics=[share_interval()]` in a task, or `holdfast/share_interval` by name;
our engine as a model: `holdfast/organism:NAME` or `holdfast/PATH`; and the task: `inspect eval holdfast/cornered`.
This package needs `inspect-ai`, and nothing else in Holdfast needs this package.
"""

from holdfast.inspect_ext._cornered_task import cornered
from holdfast.inspect_ext._export import write_eval_logs
from holdfast.inspect_ext._judge_role import judge_role
from holdfast.inspect_ext._metrics import share_interval
from holdfast.inspect_ext._stopping import AnytimeStopping

__all__ = ["AnytimeStopping", "cornered", "judge_role", "share_interval", "write_eval_logs"]
