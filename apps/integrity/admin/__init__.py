"""The end of a campaign in the admin: what keeps it from being final, and what people do about that."""

from apps.integrity.admin import cases, checks, deadlines, decisions, ending, objections, reviewing

__all__ = ["cases", "checks", "deadlines", "decisions", "ending", "objections", "reviewing"]
