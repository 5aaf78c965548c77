"""Runs, standings and results in the admin: to read. Ranking now is the only act."""

from apps.ranking.admin import campaigns, results, runs

__all__ = ["campaigns", "results", "runs"]
