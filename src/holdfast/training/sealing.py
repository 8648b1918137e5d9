"""The seal, for whoever has another work to do inside it: what `tamper` needs, and nothing that needs torch.

sealed_process, SealedTalk      outside: start a process, speak with it, end it
run_inside, Pipes               inside: shut, work, end
SealedTask, Sealed, Failed      what every such process is told, and says
"""

from holdfast.training._heard import error_said, garbled, text_bytes
from holdfast.training._inside import Pipes, finite, run_inside, threads_for
from holdfast.training._messages import STATE, Failed, Sealed, SealedTask
from holdfast.training._process import SealedTalk, scratch_directory, sealed_process, threads

__all__ = [
    "STATE",
    "Failed",
    "Pipes",
    "Sealed",
    "SealedTalk",
    "SealedTask",
    "error_said",
    "finite",
    "garbled",
    "run_inside",
    "scratch_directory",
    "sealed_process",
    "text_bytes",
    "threads",
    "threads_for",
]
