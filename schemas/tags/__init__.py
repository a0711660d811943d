"""One family of tags a file: the question of a county's bureau and the tags that answer it. Declarations alone."""
