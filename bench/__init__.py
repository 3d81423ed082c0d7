"""Floors and goals, measured side by side in one run; `make bench` prints their ratios."""
