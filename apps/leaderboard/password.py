"""Change one's own password: whoever made the sign-in knows the first one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.leaderboard.sight import signed_in
from bonus_tracker import clock


class OwnPassword(PasswordChangeView):
    template_name = "registration/own_password.html"
    success_url = reverse_lazy("home")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        name = signed_in(self.request).get_username()
        record("user password changed", actor=name, subject=f"user {name}", at=clock.now())
        messages.success(self.request, _("Your password was changed. Everywhere else you are signed out."))
        return answer
