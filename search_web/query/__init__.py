"""Reads what was typed: the query language, plain words, fields, and the account of how they were read."""
