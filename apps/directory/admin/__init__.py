"""The directory in the admin: rows to read, corrections through the directory's services."""

from apps.directory.admin import domains, employees, structure, users

__all__ = ["domains", "employees", "structure", "users"]
