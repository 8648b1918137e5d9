"""What Inspect imports to find our decorated names: see `[project.entry-points.inspect_ai]`."""

from holdfast.inspect_ext._coercion import coercion, graded_actions, gravest
from holdfast.inspect_ext._cornered_task import cornered
from holdfast.inspect_ext._metrics import share_interval
from holdfast.inspect_ext._provider import holdfast_provider
from holdfast.inspect_ext._wire import wire_provider

__all__ = [
    "coercion",
    "cornered",
    "graded_actions",
    "gravest",
    "holdfast_provider",
    "share_interval",
    "wire_provider",
]
