"""Where a verb runs, never what it does."""
