"""gross_up NET [--schedule ID] [--beside AMOUNT] [--paid-on DATE]: which gross amount leaves a promised net."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation

from apps.awards.tax.blind_zones import blind_zones
from apps.awards.tax.schedules import ScheduleRefused, schedule
from apps.awards.tax.solver import NetRefused, gross_for
from apps.awards.tax.steps import money, steps
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Say which gross amount leaves a promised net, with every step; an estimate for payroll to check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("net", help="the promise after tax, such as 100000.00")
        parser.add_argument("--schedule", default="cn-comprehensive-income", help="which tax schedule")
        parser.add_argument("--beside", default="0", help="the year's other taxable income, or another bonus")
        parser.add_argument("--paid-on", help="the day of payment, such as 2027-01-29 (default: today)")
        parser.add_argument("--language", default="en", choices=["en", "zh-hans"])

    def handle(self, *_: Any, **options: Any) -> None:
        paid_on = _day(options["paid_on"]) if options["paid_on"] else clock.today()
        net, beside = _amount(options["net"]), _amount(options["beside"])
        with translation.override(options["language"]):
            try:
                chosen = schedule(options["schedule"])
                found = gross_for(net, chosen, paid_on=paid_on, beside=beside)
            except (ScheduleRefused, NetRefused) as error:
                raise CommandError(str(error)) from error
            for number, step in enumerate(steps(found), start=1):
                self.stdout.write(f"{number:>2}. {step}")
        for zone in blind_zones(chosen, beside):
            self.say(
                f"Never pay more than {money(zone.start)} and less than {money(zone.end)} gross under this "
                f"schedule: the net falls by up to {money(zone.drop)}."
            )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f'"{text}" is no amount; write digits such as 100000.00.') from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f'"{text}" is no date; write it such as 2027-01-29.') from error
