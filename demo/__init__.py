"""A small province: writes the five departments' feeds at any scale, with named defects and the truth beside them."""
