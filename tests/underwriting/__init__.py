"""Tests of underwriting."""
