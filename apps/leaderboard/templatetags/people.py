"""apps.directory.roles, for templates."""

from django import template

from apps.directory.roles import holds_a_role

register = template.Library()
register.filter("has_role", holds_a_role)
