"""One file a family of indicators. A new one over figures that are summed already is a new declaration."""
