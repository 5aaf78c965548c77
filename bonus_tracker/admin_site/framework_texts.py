"""Texts of django-unfold, which has no Chinese of its own: named here so that our translations cover them."""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("After you've created a user, you’ll be able to edit more user options."),
    _("Choose file to upload"),
    _("Dark"),
    _("Date"),
    _("Go back"),
    _("History"),
    _("Light"),
    _("Run"),
    _("Select action"),
    _("Select action to run"),
    _("Select value"),
    _("System"),
    _("Type to search"),
)
