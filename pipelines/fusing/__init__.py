"""From standard rows to the fused entity in county buckets, whole or by what has changed. One question a file."""
