"""The signed head of the audit log, as pages publish it."""

from django import template

from apps.audit.heads import newest_head
from apps.audit.models import SignedHead

register = template.Library()


@register.simple_tag
def signed_head() -> SignedHead | None:
    return newest_head()
