"""Contracts: what is declared, how they step, and who reads what. Publishes nothing."""
