"""Measurements: ``make bench``. They are read by people, never asserted by tests."""
