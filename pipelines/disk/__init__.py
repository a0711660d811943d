"""How things lie on disk, whole or not at all: batches, buckets, outcomes, published files. Knows no rule."""
