"""Contracts: how they step, who reads what, and whether what is released is as promised. Publishes nothing."""
