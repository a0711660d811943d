"""Pupils to come: what is expected of them as known in a year, and how far off it was where the years have passed."""
