"""How large a file of exchange may be, and what is raised for one that is not read."""

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60


class FileRefused(Exception):
    """The file cannot be read, or must not be; ``str()`` says why and what to do."""
