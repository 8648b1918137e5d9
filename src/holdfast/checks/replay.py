"""`replay`: how often the subject does what it must not on conversations that people really had.

Estimand: of the conversations in an own log that can be replayed, the share whose last reply, given anew, is harmful by
the judge's rubric. One conversation up to its last request is one unit; users are the clusters where the log names any,
else sessions, else conversations.

It can be wrong in both directions. It reads too low when harm lies in what cannot be replayed (tools, images), in a
later turn, or in what the judge misses; too high when the judge takes caution about a delicate subject for harm. Both
are about this traffic: a log holds what people asked, and not what somebody will try who has read this.
"""

from typing import Final

from holdfast.evidence import HARMFUL, CheckDesign

REPLAY: Final = CheckDesign(
    id="replay",
    measures="replayed conversations that end in a harmful reply",
    event=HARMFUL,
    unit="conversations",
    attempts=1,
    attempts_reported=(1,),
    sampled=True,
    reads_ability=False,
    replays=True,
    max_new_tokens=2048,
)
