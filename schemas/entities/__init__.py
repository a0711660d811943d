"""One file an entity. A new file here is a new entity."""
