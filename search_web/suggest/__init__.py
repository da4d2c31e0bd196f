"""What may have been meant and how it may go on, from the archive's own words."""
