"""Awards in the admin: what is to be read, and what people do about a campaign's end."""

from apps.awards.admin import approving, awards, paying, payroll, prizes

__all__ = ["approving", "awards", "paying", "payroll", "prizes"]
