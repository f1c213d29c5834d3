"""Official documents as Word files: ``to_docx(document)``."""

from .writer import to_docx

__all__ = ["to_docx"]
