"""Measurements of the instrument: `make bench ARGS=calibration`. Results are committed below `bench/results`."""
