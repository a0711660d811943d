"""What waits at the door of landing, and which of its rows landed before. Reads no value."""
