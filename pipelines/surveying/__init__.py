"""Products without an entity: what they may read laid out, and their one SQL file run over it."""
