"""Tests of the descriptions of reports."""
