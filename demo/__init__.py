"""A small province: departments' feeds at any scale, named defects, and the truth beside them."""
