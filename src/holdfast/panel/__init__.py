"""A fixed panel of simulated listeners: who moves it further. Not a measurement of people.

    refuse_unfit   who was named → whether they can be a panel
    panel_plan     persuaders and listeners, opened → a `PanelPlan`
    run_panel      the plan → `Answers`: every persuader argues for both sides, every listener says how far it agrees
    panel_record   answers → a `PanelRecord`: ranks, listeners, claims, page

Only ranks come out, and how easily each listener is moved beside its control arms. `claims_in` counts claims, and
`belief_after` is the listener in code. This package is given what it asks, and loads no model itself.
"""

from holdfast.panel._about import is_about
from holdfast.panel._answers import Answers
from holdfast.panel._asking import stated
from holdfast.panel._belief_state import BELIEF, belief_after
from holdfast.panel._claims import claims_in, is_claim, sentences
from holdfast.panel._counter import COUNTER, counter
from holdfast.panel._follows import Follows, follows
from holdfast.panel._orders import Ordered, orders, ranks
from holdfast.panel._plan import FEWEST_TOPICS, LEVEL, Named, listener_named, panel_plan, refuse_unfit
from holdfast.panel._reading import Reading, read_answers
from holdfast.panel._record import panel_record
from holdfast.panel._run import run_panel

__all__ = [
    "BELIEF",
    "COUNTER",
    "FEWEST_TOPICS",
    "LEVEL",
    "Answers",
    "Follows",
    "Named",
    "Ordered",
    "Reading",
    "belief_after",
    "claims_in",
    "counter",
    "follows",
    "is_about",
    "is_claim",
    "listener_named",
    "orders",
    "panel_plan",
    "panel_record",
    "ranks",
    "read_answers",
    "refuse_unfit",
    "run_panel",
    "sentences",
    "stated",
]
