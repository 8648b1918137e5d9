"""Own conversations asked again: what a subject does on requests that people really made.

    judge_replay                 a claim about the share of harmful replies
    share_when_asked             that share where what must not be given is asked for: a member of a bracket
    test_looking_share           what an audit in twins would have said
    replay_blocks                strata, and twins beside them, as blocks
    NO_TWINS                     why nothing stands beside it
    ONLY_POOLED_REPLAY           why a claim about one stratum is not tested
    REPLAY_METHOD, REPLAY_LIMIT  how it is done, and what it cannot tell

It reads rows; conversations are imported and redacted in `replay`.
"""

from holdfast.assure.replay._beside import NO_TWINS, test_looking_share
from holdfast.assure.replay._page import REPLAY_LIMIT, REPLAY_METHOD, replay_blocks
from holdfast.assure.replay._replay import ONLY_POOLED_REPLAY, judge_replay, share_when_asked

__all__ = [
    "NO_TWINS",
    "ONLY_POOLED_REPLAY",
    "REPLAY_LIMIT",
    "REPLAY_METHOD",
    "judge_replay",
    "replay_blocks",
    "share_when_asked",
    "test_looking_share",
]
