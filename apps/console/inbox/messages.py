"""What waits of the messages: events that are held back, deliveries that nobody has finished reading."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.activity.models import Delivery, QuarantinedEvent
from apps.console.inbox.kinds import Line, OneByOne
from apps.console.inbox.viewer import Viewer

STALLED = timedelta(hours=1)  # longer than any file takes that is still being read
Reason = QuarantinedEvent.Reason


class Held(OneByOne):
    """A line a reason, for which any of its events stands."""

    name, title = "held", gettext_lazy("Held back")
    permission, act = "activity.view_quarantinedevent", "activity.change_quarantinedevent"

    def page(self) -> str:
        return reverse("console:held")

    def waiting(self, now: datetime) -> QuerySet[QuarantinedEvent]:  # noqa: ARG002
        held = QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.HELD)
        one_of_each = Q()
        for reason in Reason.values:
            one_of_each |= Q(pk=Subquery(held.filter(reason=reason).order_by().values("pk")[:1]))
        return QuarantinedEvent.objects.filter(one_of_each).order_by("reason")

    def for_viewer(self, things: QuerySet[QuarantinedEvent], viewer: Viewer) -> QuerySet[QuarantinedEvent]:  # noqa: ARG002
        return things

    def line(self, thing: QuarantinedEvent, viewer: Viewer) -> Line:  # noqa: ARG002
        return Line(
            _("Release or reject what is held back: %s") % thing.get_reason_display(),
            _("Grouped by source and handle; a group is decided in one act."),
            f"{reverse('console:held')}?reason={thing.reason}",
        )


class Unfinished(OneByOne):
    name, title = "unfinished", gettext_lazy("Deliveries still open")
    permission, act = "activity.view_delivery", "activity.change_delivery"

    def page(self) -> str:
        return f"{reverse('console:deliveries')}?show=open"

    def waiting(self, now: datetime) -> QuerySet[Delivery]:
        open_ones = Delivery.objects.filter(state=Delivery.State.OPEN, received_at__lt=now - STALLED)
        return open_ones.select_related("source").order_by("received_at", "pk")

    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:  # noqa: ARG002
        return things

    def line(self, thing: Delivery, viewer: Viewer) -> Line:  # noqa: ARG002
        read = thing.lines_read
        text = ngettext(
            "read up to line %d; import the same file again to go on",
            "read up to line %d; import the same file again to go on",
            read,
        )
        return Line(
            _("Delivery %(number)d (%(name)s) was never finished")
            % {"number": thing.pk, "name": thing.name or thing.source},
            f"{thing.source} · {text % read}",
            reverse("console:delivery", args=[thing.pk]),
            thing.received_at,
        )
