"""HR names who gets the log's signed head by mail, and takes an address away again."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.audit.mails import recipients
from apps.audit.models import HeadReader
from apps.audit.readers import ReaderRefused, forget_reader, name_reader
from bonus_tracker.admin_site.steps import Step


class AddressForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)


class ReaderForm(forms.Form):
    reader = forms.ModelChoiceField(HeadReader.objects.all(), label=gettext_lazy("Mail address"))


class NameReader(Step):
    name, of_list = "name-reader", True
    title = gettext_lazy("Send the head to one more address")
    permission = "audit.add_headreader"
    form_class = AddressForm
    refusals = (ReaderRefused,)

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("The signed head of each day is mailed there, and the alarm when the log does not hold."),
            _(
                "Name whoever should be able to show later that nothing was rewritten: the works council, an auditor."
            ),
            _("It goes today to: %s.") % (", ".join(recipients()) or _("nobody")),
        ]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        email = form.cleaned_data["email"]
        if name_reader(email, actor=request.user.get_username(), now=now):
            return _("%s gets the next head.") % email
        return _("%s was named already.") % email


class ForgetReader(Step):
    name, of_list = "forget-reader", True
    title = gettext_lazy("Send the head to an address no more")
    permission = "audit.delete_headreader"
    form_class = ReaderForm

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("The mails that were sent stay where they are; only later heads go there no more.")]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        reader = form.cleaned_data["reader"]
        forget_reader(reader, actor=request.user.get_username(), now=now)
        return _("%s gets no more heads.") % reader
