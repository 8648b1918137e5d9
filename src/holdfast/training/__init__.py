"""Training steps: supervised fine-tuning, and the seal around every fine-tune of a subject.

    Tuning                  how hard a subject is taught a few demonstrations
    answers_after_tuning    teach it in a process that can write nothing, ask it there, forget what it became
    answers_under_noise     the same with noise on its weights, and nothing taught
    SealedAnswers           its replies, and what held around it meanwhile

`plan` holds how long and how hard, without torch; `sft` and `grpo` do it. This package changes weights in memory and
never writes them. It does not know what is taught, or why. Importing it loads no torch: only the sealed process does.
"""

from holdfast.training._sealed import (
    AfterTuning,
    AskedUnderNoise,
    SealedAnswers,
    answers_after_tuning,
    answers_under_noise,
)
from holdfast.training.plan import Tuning

__all__ = ["AfterTuning", "AskedUnderNoise", "SealedAnswers", "Tuning", "answers_after_tuning", "answers_under_noise"]
