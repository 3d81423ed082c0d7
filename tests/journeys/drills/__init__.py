"""Drills (訓練): engines and workers are killed, and what stands must equal a plain replay."""
