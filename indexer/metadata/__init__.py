"""Title, dates, places and source of a report, each with its evidence."""
