"""Tests of buyers."""
