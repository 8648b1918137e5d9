"""Tests of the three renderers.

The golden files hold every byte of a small record. To rewrite them after a change that is meant, run

    HOLDFAST_REWRITE_GOLDEN=1 python -m pytest tests/report

and read the difference before committing it.
"""
