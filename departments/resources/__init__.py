"""Import and export of units, successions, people and postings, through django-import-export."""
