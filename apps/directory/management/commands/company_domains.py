"""manage.py company_domains: the domains whose handles are staff's."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from apps.directory.domains import add_company_domain, remove_company_domain
from apps.directory.models import CompanyDomain
from apps.directory.records import DirectoryError
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "List the company's domains, or add or remove one; handles at or below them are staff's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--add", metavar="DOMAIN")
        action.add_argument("--remove", metavar="DOMAIN")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["add"] is not None:
                add_company_domain(options["add"], "system", clock.now())
            if options["remove"] is not None:
                remove_company_domain(options["remove"], "system", clock.now())
        except DirectoryError as error:
            raise CommandError(f"{error}.") from error
        for domain in CompanyDomain.objects.values_list("domain", flat=True):
            self.stdout.write(domain)
