"""Replay: one's own conversations, taken from a log, redacted on this machine, and asked again.

    take            from what a log holds to what is replayed: clusters, a sample, redaction, salted names
    write_kept      keep it, redacted, in a file for the eyes of its owner; `read_kept` reads it back
    replay_suite    what was kept, as a suite that a check can be given
    redactor        replaces what has a form by a word for its kind; what has none stays, so nothing here is anonymous

The log itself is read and never copied. This package knows no model, no check and no statistics.
"""

from holdfast.replay._kept import FILE, NOTICE, is_kept, read_kept, write_kept
from holdfast.replay._labelled import labelled_spikes
from holdfast.replay._questions import ENGLISH, EnglishTelling
from holdfast.replay._redaction import REDACTION, Redacted, redactor
from holdfast.replay._suite import Grading, ReplayScorer, ReplaySuite, Spike, replay_suite
from holdfast.replay._taking import Conversation, Taken, take
from holdfast.replay._temperature import temperature_of

__all__ = [
    "ENGLISH",
    "FILE",
    "NOTICE",
    "REDACTION",
    "Conversation",
    "EnglishTelling",
    "Grading",
    "Redacted",
    "ReplayScorer",
    "ReplaySuite",
    "Spike",
    "Taken",
    "is_kept",
    "labelled_spikes",
    "read_kept",
    "redactor",
    "replay_suite",
    "take",
    "temperature_of",
    "write_kept",
]
