"""Bytes become clean text, clean text becomes words."""
