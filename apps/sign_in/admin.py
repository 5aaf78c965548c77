"""A lost phone: an administrator resets the second factor of somebody else, on the page of the sign-in."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.directory.admin.users import UserAdmin
from apps.directory.models import User
from apps.sign_in import resetting
from bonus_tracker.admin_site.fields import ReasonForm
from bonus_tracker.admin_site.steps import Step, Text


class ResetSecondFactor(Step):
    name = "reset-second-factor"
    title = gettext_lazy("Reset the second factor")
    permission = "directory.change_user"
    form_class = ReasonForm
    refusals = (resetting.ResetRefused,)
    is_grave = True

    def is_open(self, thing: User) -> bool:
        return Authenticator.objects.filter(user=thing).exists()

    def sentences(self, thing: User, *, now: datetime) -> list[Text]:  # noqa: ARG002
        return [
            _("The phone and the recovery codes of %s open nothing any more.") % thing,
            _(
                "At the next sign-in a new phone is set up. The password, or the company's sign-in, stays as it is."
            ),
            _(
                "Do this only when you know that it is they who ask: call them, or see them. Write down how you know."
            ),
        ]

    def take(self, request: HttpRequest, thing: User, form: Any, *, now: datetime) -> Text:
        by: Any = request.user
        resetting.reset(thing, by=by, reason=form.cleaned_data["reason"], now=now)
        return _("The second factor of %s was reset.") % thing


UserAdmin.add_step(ResetSecondFactor())
