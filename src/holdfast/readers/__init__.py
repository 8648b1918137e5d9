"""Other tools' logs, read into rows: the tools themselves are never imported.

`read_log` reads one file or run directory and gives one `Log` for each subject in it. Every reader keeps what the tool
said of itself (versions, planned samples, status, its own verdict), gives every unmeasured sample a reason, and refuses
a log that has another form than it knows, naming the field.

`read_chats` reads a log of one's own conversations, to be replayed and not to be judged as they are.

`SUITE_READINGS` says how the scores of published suites are read.

A reader knows no statistics, no framework and no verdict.
"""

from holdfast.readers._chats import LONGEST, read_chats
from holdfast.readers._inspect_evals import SUITE_READINGS, SuiteReading
from holdfast.readers._read import FORMATS, read_log

__all__ = ["FORMATS", "LONGEST", "SUITE_READINGS", "SuiteReading", "read_chats", "read_log"]
