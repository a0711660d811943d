"""Overlays: what a county may wish, what it is refused, and how its wish becomes everybody's."""
