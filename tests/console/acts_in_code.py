"""Every act that the code can write to the audit log, found by reading the code.

An act is the first argument of `record`. Where that is a parameter, its values are those of every call to that
function (by its name: in the same module, or anywhere when it is a public one); where it is a name of a module,
what the module says it is. What cannot be told is an error: then the act has to be written so that it can.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path

from django.contrib import admin
from django.http import HttpRequest

from apps.directory.models import User
from bonus_tracker.admin_site.base import ModelAdmin

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("apps", "bonus_tracker")
RECORD = "record"
IN_RECORDS = "bonus_tracker/admin_site/base.py"  # words it from the model's name: see acts_of_records


class Untold(LookupError):
    """What an act may be cannot be told from the code."""


@dataclass(frozen=True)
class Module:
    path: str
    tree: ast.Module
    names: dict[str, object]
    parents: dict[ast.AST, ast.AST]


def acts_in_code() -> set[str]:
    """Every act that any module can write."""
    found: set[str] = set()
    for module in modules():
        for call in calls_of(module, RECORD):
            if module.path != IN_RECORDS:
                found |= {str(act) for act in told(module, action_of(call, 0, "action"), call)}
    return found | acts_of_records()


def acts_of_records() -> set[str]:
    """What the records write of a model that can be added, changed or removed there by somebody who may do all."""
    request = HttpRequest()
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    found = set()
    for each in admin.site._registry.values():
        if isinstance(each, ModelAdmin):
            acts = {"added": each.has_add_permission(request), "changed": each.has_change_permission(request)}
            acts |= {"removed": each.has_delete_permission(request)} | dict.fromkeys(own_acts(each), True)
            found |= {f"{each.opts.verbose_name_raw} {act}"[:60] for act, can_be in acts.items() if can_be}
    return found


def own_acts(of: ModelAdmin) -> set[str]:
    """What an admin class records beside what all of them do."""
    return {
        str(act)
        for module in modules()
        if module.names["__name__"] == type(of).__module__
        for call in method_calls_of(module, RECORD)
        if class_around(module, call) == type(of).__name__
        for act in told(module, action_of(call, 1, "act"), call)
    }


def class_around(module: Module, node: ast.AST) -> str:
    while not isinstance(node, ast.ClassDef):
        node = module.parents[node]
    return node.name


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            if "record" in text and "migrations" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                tree = ast.parse(text)
                parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
                names = vars(import_module(name))
                found.append(Module(str(path.relative_to(ROOT)), tree, names, parents))
    return tuple(found)


def calls_of(module: Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def method_calls_of(module: Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{name}":
            yield node


def action_of(call: ast.Call, position: int, name: str) -> ast.expr:
    named = [each.value for each in call.keywords if each.arg == name]
    if not named and (len(call.args) <= position or isinstance(call.args[position], ast.Starred)):
        raise Untold(ast.unparse(call))
    return named[0] if named else call.args[position]


def told(module: Module, said: ast.expr, where: ast.AST) -> set[object]:
    """The values that an expression may have. where: in which function it stands."""
    if isinstance(said, ast.FormattedValue | ast.Subscript):  # a slice cuts to the length of the column
        said = said.value
    if isinstance(said, ast.IfExp):
        return told(module, said.body, where) | told(module, said.orelse, where)
    if isinstance(said, ast.JoinedStr):
        parts = [told(module, part, where) for part in said.values]
        return {"".join(map(str, each)) for each in product(*parts)}
    if isinstance(said, ast.Name):
        bound = bound_to(module, said.id, where)
    else:
        bound = root_bound_to(module, said, where) if isinstance(said, ast.Attribute) else set()
    return bound or {known(module, said)}


def known(module: Module, said: ast.expr) -> object:
    """What the module itself says that it is."""
    try:
        return eval(ast.unparse(said), dict(module.names))
    except (NameError, AttributeError) as error:
        raise Untold(f"{module.path}:{said.lineno}: {ast.unparse(said)}") from error


def root_bound_to(module: Module, said: ast.Attribute, where: ast.AST) -> set[object]:
    if not isinstance(said.value, ast.Name):
        return set()
    return {getattr(each, said.attr) for each in bound_to(module, said.value.id, where)}


def bound_to(module: Module, name: str, where: ast.AST) -> set[object]:
    """What a local name of the functions around may be: of a loop, an assignment, or a parameter's calls."""
    around: ast.AST | None = where
    while around is not None:
        if isinstance(around, ast.For) and (values := _of_loop(module, around, name)):
            return values
        if isinstance(around, ast.FunctionDef):
            if values := _of_assignments(module, around, name):
                return values
            names = [each.arg for each in [*around.args.posonlyargs, *around.args.args]]
            if name in names or name in {each.arg for each in around.args.kwonlyargs}:
                position = names.index(name) if name in names else len(names)
                return _of_calls(module, around.name, position, name)
        around = module.parents.get(around)
    return set()


def _of_loop(module: Module, loop: ast.For, name: str) -> set[object]:
    if not isinstance(loop.target, ast.Tuple) or not isinstance(loop.iter, ast.Tuple | ast.List):
        return set()
    for position, target in enumerate(loop.target.elts):
        if isinstance(target, ast.Name) and target.id == name:
            rows = [row for row in loop.iter.elts if isinstance(row, ast.Tuple)]
            return {value for row in rows for value in told(module, row.elts[position], loop)}
    return set()


def _of_assignments(module: Module, function: ast.FunctionDef, name: str) -> set[object]:
    found: set[object] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    found |= told(module, node.value, function)
    return found


def _of_calls(module: Module, function: str, position: int, name: str) -> set[object]:
    everywhere = [(each, call) for each in modules() for call in calls_of(each, function)]
    calls = [(each, call) for each, call in everywhere if each is module or not function.startswith("_")]
    if not calls:
        raise Untold(f"{module.path}: nobody calls {function}")
    return {value for each, call in calls for value in told(each, action_of(call, position, name), call)}
