"""The Django admin as HR, the auditor and the administrator see it: access, acts with a confirmation, large tables."""
