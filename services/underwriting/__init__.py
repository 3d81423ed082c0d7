"""Underwriting: special agreements, and what a policyholder's papers and policies are up to."""
