"""One delivery from landed rows to standard and quarantine, whole or by what has changed. One question a file."""
