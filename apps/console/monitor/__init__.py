"""What HR watches while a campaign runs."""
