"""How right the near-duplicates among listed data sets are, by pairs that a person has judged."""
