"""Pages of the year. A view fetches what this person may see, refuses, acts, answers."""
