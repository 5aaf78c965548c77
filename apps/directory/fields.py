"""Pieces that dated tables share."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Period(models.Model):
    """Something that holds from `starts_on` to `ends_on`, both days included; open when null."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to, last day"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["starts_on"]


def not_before_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name=name)


def no_overlap(name: str, owner: str, range_type: str = "int4range") -> ExclusionConstraint:
    """No two periods of one `owner` share a day.

    A range of the single number `owner` stands for equality, so no extension is needed.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            (Func(F(owner), F(owner), Value("[]"), function=range_type), RangeOperators.OVERLAPS),
            (
                Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                RangeOperators.OVERLAPS,
            ),
        ],
    )
