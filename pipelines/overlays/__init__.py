"""Overlays: what one county adds to a product or narrows in it, read, released for it alone, and compared."""
