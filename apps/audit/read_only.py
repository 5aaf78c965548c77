"""An admin page that only shows."""

from typing import Any

from django.http import HttpRequest


class ReadOnlyAdmin:
    """Mixed in before ModelAdmin: who may view may look, nobody may add, change or delete here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
