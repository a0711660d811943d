"""Policies: how they are read and refused, what they say of enterprises, what they say is lacking."""
