"""References, and lists of all hits with a receipt."""
