"""apps.directory.roles, for templates."""

from django import template

from apps.directory.roles import has_role

register = template.Library()
register.filter("has_role", has_role)
