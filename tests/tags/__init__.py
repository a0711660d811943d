"""The tag catalogue and what its families say of enterprises."""
