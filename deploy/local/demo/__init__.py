"""`make demo`: the main job, played over HTTP on a platform of its own, every step checked."""
