"""Makes answers of what the engine found: passages, occurrences, facets."""
