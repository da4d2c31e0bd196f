"""What programs ask for: JSON, its description, feeds, readiness, metrics."""
