"""What is released on this machine's disk, shipped to an object store and brought back. Makes no release."""
