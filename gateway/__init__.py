"""Who gets it: the door over published releases. Reads releases and contracts, nothing else."""
