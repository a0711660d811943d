"""Files of mappings/ as they are written, and whether they agree. What they mean is not said here."""
