"""Training steps: supervised fine-tuning now; LoRA, GRPO and the seal with the tamper tests.

`plan` holds how long and how hard, without torch; `sft` does it. This package changes weights in memory and never
writes them. It does not know what is taught, or why.
"""
