"""Campaigns name departments and groups; while one still needs a name, nobody may rename what it means."""

from django.utils.translation import gettext as _

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.directory.records import BETWEEN_NAMES, DirectoryError, Table, with_parents

State = Campaign.State
# A draft is looked at again when it is announced; once final, what was fixed decides and no name does.
IN_NEED = (State.SCHEDULED, State.RUNNING, State.SETTLING, State.PROVISIONAL)


def keep_names(kind: str, old: str, new: str) -> None:
    """Refuse a renaming that changes who takes part or wins. Registered in CampaignsConfig.ready."""
    for campaign in Campaign.objects.filter(state__in=IN_NEED).order_by("slug"):
        it = Announcement.of(campaign)
        relies = _relies_on_group(it, old) if kind == Table.GROUP else _relies_on_department(it, old, new)
        if relies:
            raise DirectoryError(
                _("campaign %(slug)s relies on where %(name)s is until its result is final")
                % {"slug": campaign.slug, "name": old}
            )


def _relies_on_group(it: Announcement, name: str) -> bool:
    named = {*it.groups, *it.awarding.excluded_groups}
    return name in named.union(*(goal.exempt_groups for goal in it.further.goals))


def _relies_on_department(it: Announcement, old: str, new: str) -> bool:
    """Whether it names the department or one below it, or one that its people would come under or go from."""
    if it.further.departments and _parent(old) != _parent(new):
        return True  # departments compete, each with all that lies below it
    above = {*with_parents(_parent(old))} ^ {*with_parents(_parent(new))}
    return any(
        name == old or name.startswith(old + BETWEEN_NAMES) or name in above for name in it.departments
    )


def _parent(path: str) -> str:
    return path.rpartition(BETWEEN_NAMES)[0]
