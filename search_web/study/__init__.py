"""Answers for study: concordance, counts over time and place, like cases elsewhere."""
