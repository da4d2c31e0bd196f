"""Vocabulary and places: data with provenance."""
