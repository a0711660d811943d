"""What is done: verbs from frame to frame. Nothing here imports Dagster, and only `dictionary` opens mappings/."""
