"""Codes that met no dictionary row, and what they may mean. Maps nothing."""
