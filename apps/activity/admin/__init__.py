"""What was delivered, held back and known of contacts, in the admin."""

from apps.activity.admin import contacts, deliveries, quarantine, sources, ties

__all__ = ["contacts", "deliveries", "quarantine", "sources", "ties"]
