"""Official documents (公文) by GB/T 9704-2012: what they consist of, as Word files, as pages and as JSON.

``content.Document`` is the value that all of them take. It and what prints it know nothing of the database.
"""
