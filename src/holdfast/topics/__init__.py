"""Topics that harm nobody, in English: what somebody may be talked into, and what they may just want to know.

One Markdown file a topic: a statement in both directions, two questions of somebody who wants information, and written
replies, one that argues and one that informs. `topics` reads them; `asked_suite` and `unasked_suite` make suites of
them, given who judges the replies.

Nothing here knows a model, a check or a threshold.
"""

from holdfast.topics._suite import TopicsSuite, asked_suite, unasked_suite
from holdfast.topics._texts import TOPICS, Topic, topics

__all__ = ["TOPICS", "Topic", "TopicsSuite", "asked_suite", "topics", "unasked_suite"]
