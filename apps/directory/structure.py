"""Corrections of departments and groups themselves: another name, another place. Who belongs to them stays.

Each raises DirectoryError with the reason, and answers False where what is asked for holds already.
"""

from datetime import datetime

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.directory.corrections import Touched, apply_correction, check_renaming
from apps.directory.models import Department, Group
from apps.directory.parsing import LONGEST, clean, department_path, one_group
from apps.directory.records import BETWEEN_NAMES, DirectoryError, Table


def rename_group(group: Group, *, name: str, actor: str, now: datetime) -> bool:
    """Another name, on past days too."""
    new = one_group(name)

    def change() -> Touched | None:
        held = Group.objects.select_for_update().get(pk=group.pk)
        old = held.name
        if old == new:
            return None
        if Group.objects.filter(name=new).exists():
            raise DirectoryError(_("there is a group %(name)s already") % {"name": new})
        check_renaming(Table.GROUP, old, new)
        held.name = new
        held.save(update_fields=["name"])
        record(
            "group renamed", actor=actor, subject=f"group {old}"[:200], at=now, details={"name": [old, new]}
        )
        return Touched()

    return apply_correction(change) is not None


def rename_department(department: Department, *, name: str, actor: str, now: datetime) -> bool:
    """Another name, on past days too; what lies below comes along."""
    new = department_path(clean("department", name))
    if not new or BETWEEN_NAMES in new:
        raise DirectoryError(_("a department's name is one name, without “/”"))

    def change() -> Touched | None:
        held = Department.objects.select_related("parent").get(pk=department.pk)
        return _put(held, held.parent, new, action="department renamed", actor=actor, now=now)

    return apply_correction(change) is not None


def move_department(department: Department, *, parent: str, actor: str, now: datetime) -> bool:
    """Under the department of another path, or to the top when that is empty, on past days too."""
    path = department_path(clean("department", parent))

    def change() -> Touched | None:
        held = Department.objects.get(pk=department.pk)
        above = Department.objects.filter(path=path).first()
        if path and above is None:
            raise DirectoryError(_("there is no department %(name)s") % {"name": path})
        if path == held.path or path.startswith(held.path + BETWEEN_NAMES):
            raise DirectoryError(_("a department cannot lie below itself"))
        return _put(held, above, held.name, action="department moved", actor=actor, now=now)

    return apply_correction(change) is not None


def with_all_below(path: str) -> QuerySet[Department]:
    return Department.objects.filter(Q(path=path) | Q(path__startswith=path + BETWEEN_NAMES))


def _put(
    held: Department, parent: Department | None, name: str, *, action: str, actor: str, now: datetime
) -> Touched | None:
    """The caller's correction is alone: no import makes departments meanwhile."""
    old, new = held.path, f"{parent.path}{BETWEEN_NAMES}{name}" if parent else name
    if old == new:
        return None
    if with_all_below(new).exists():
        raise DirectoryError(_("there is a department %(name)s already") % {"name": new})
    below = with_all_below(old)
    paths = list(below.values_list("path", flat=True))
    if max(map(len, paths)) + len(new) - len(old) > LONGEST["department"]:
        raise DirectoryError(
            _("the names from the top down would be longer than %(longest)d characters")
            % {"longest": LONGEST["department"]}
        )
    check_renaming(Table.DEPARTMENT, old, new)
    below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    Department.objects.filter(pk=held.pk).update(name=name, parent=parent)
    details = {"path": [old, new], "departments": len(paths)}
    record(action, actor=actor, subject=f"department {old}"[:200], at=now, details=details)
    return Touched()
