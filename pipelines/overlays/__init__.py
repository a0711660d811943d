"""Overlays: what one county adds to a product or narrows in it, read and laid over the core. Releases nothing."""
