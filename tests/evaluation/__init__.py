"""Measuring: seeds, made pages, clean text and speed, as figures with pinned floors (`make evaluate`)."""
