"""Everything that turns scraped pages into an index."""
