"""What was delivered, held back and known of contacts, in the admin."""

from apps.activity.admin import contacts, deliveries, held_groups, quarantine, sources, ties

__all__ = ["contacts", "deliveries", "held_groups", "quarantine", "sources", "ties"]
