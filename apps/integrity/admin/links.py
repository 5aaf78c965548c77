"""Where the admin's pages about a campaign's end are."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def page(name: str, *key: object, **query: object) -> str:
    address = reverse(f"admin:{name}", args=key)
    return f"{address}?{urlencode(query)}" if query else address


def link(address: str, text: Any) -> SafeString:
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>', address, text
    )
