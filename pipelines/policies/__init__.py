"""Policies: read, held against the tag catalogue, matched to enterprises in one pass."""
