"""Acts of the year that touch several rows: opening it, writing and reviewing entries, telling people."""
