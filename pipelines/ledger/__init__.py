"""The resource ledger: all that the platform knows of itself, and what others list. One part a file."""
