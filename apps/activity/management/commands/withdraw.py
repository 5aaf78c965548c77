"""Take a delivery back."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from apps.activity import owed
from apps.activity.models import Delivery
from apps.activity.withdrawal import NotWithdrawable, preview, withdraw
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Take a delivery back, as if it had never come; without --reason only shows what would happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("delivery", type=int)
        parser.add_argument("--reason", default="", help="why; without it nothing is changed")

    def handle(self, *_: Any, **options: Any) -> None:
        delivery = Delivery.objects.filter(pk=options["delivery"]).first()
        if delivery is None:
            raise CommandError(f"There is no delivery {options['delivery']}; the import printed its number.")
        try:
            (self._withdraw if options["reason"].strip() else self._preview)(delivery, options["reason"])
        except NotWithdrawable as error:
            raise CommandError(str(error)) from error

    def _preview(self, delivery: Delivery, _: str) -> None:
        what = preview(delivery)
        self.stdout.write(
            f"Withdrawing delivery {delivery.pk} ({delivery.name}) would take back {what.interactions:,} "
            f"interactions and {what.held:,} quarantined events, and derive {what.ties:,} ties of "
            f"{what.employees:,} employees again. Nothing was changed; give --reason to do it."
        )

    def _withdraw(self, delivery: Delivery, reason: str) -> None:
        what = withdraw(delivery, actor=getpass.getuser(), reason=reason, now=clock.now())
        owed.work_off(now=clock.now(), say=self.say)
        self.stdout.write(
            f"Delivery {delivery.pk} is withdrawn: {what.interactions:,} interactions taken back, "
            f"{what.ties:,} ties of {what.employees:,} employees derived again."
        )
