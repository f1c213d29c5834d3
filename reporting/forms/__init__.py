"""Forms of the year. They validate and return domain values; they save, send and notify nothing."""
