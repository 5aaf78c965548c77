"""Acts that need care: a page says what will happen, asks once, and the act is done by POST."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from unfold.enums import ActionVariant

from bonus_tracker import clock

Text = str | Promise
HOMES: dict[
    type[Model], Callable[[Any], str]
] = {}  # the address of a thing's own page, or of None: of their list


class Act(NamedTuple):
    """A button."""

    title: Text
    address: str
    is_grave: bool


class Step(ABC):
    """One act on one thing, or on the whole list when `of_list`.

    permission: as in has_perm. has_button: False when another page leads to it.
    refusals: what `take` raises when the state forbids it; their text is shown.
    is_grave: it takes something from somebody, or cannot be undone. only_previews: its page shows what would change,
    and a second one does it.
    """

    name: str
    title: Text
    button: Text = ""
    permission: str
    form_class: type[forms.Form] = forms.Form
    refusals: tuple[type[Exception], ...] = ()
    of_list = False
    has_button = True
    is_grave = False
    only_looks = False
    only_previews = False

    def is_open(self, thing: Any) -> bool:  # noqa: ARG002
        """Whether the state allows it; a closed step has no button and its page refuses."""
        return True

    def sentences(self, thing: Any, *, now: datetime) -> list[Text]:  # noqa: ARG002
        """What will happen."""
        return []

    def initial(self, thing: Any) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def to_look_at(self, thing: Any) -> dict[str, Any] | None:  # noqa: ARG002
        """headers and rows of a table below the sentences."""
        return None

    @abstractmethod
    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> Text | HttpResponse:
        """Do it; answers what was done, or a page of its own."""


class PageStep(Step):
    """With a page of its own instead of the one that asks once."""

    @abstractmethod
    def page(self, request: HttpRequest, thing: Any, *, now: datetime) -> HttpResponse:
        """Answers GET and POST."""

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return self.page(request, thing, now=now)


def open_acts(request: HttpRequest, thing: Model, names: Sequence[str] = ()) -> list[Act]:
    """What this user may do with a thing in its state; `names` picks and orders steps, all by default."""
    model_admin: Any = admin.site.get_model_admin(type(thing))
    acts = model_admin.open_acts(request, thing)
    return [acts[name] for name in (names or acts) if name in acts]


def home_of(thing: Model) -> str:
    """Where acts on it lead back to: its own page, or its record in the administration."""
    home = HOMES.get(type(thing))
    if home is not None:
        return home(thing)
    name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change"
    return reverse(name, args=[quote(thing.pk)])


class StepsMixin:
    """Before ModelAdmin: its steps as buttons and pages."""

    steps: ClassVar[list[Step]] = []
    admin_site: Any
    opts: Any

    @classmethod
    def add_step(cls, step: Step) -> None:
        """For apps further right, which know more to do about this model."""
        cls.steps = [*cls.steps, step]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"{step.name}/" if step.of_list else f"<path:object_id>/{step.name}/",
                self.admin_site.admin_view(self.step_view),
                {"step": step},
                name=self._url_name(step),
            )
            for step in self.steps
        ]
        return own + super().get_urls()  # type: ignore[misc]

    @method_decorator(sensitive_post_parameters("handle", "handles"))
    def step_view(self, request: HttpRequest, step: Step, object_id: str = "") -> HttpResponse:
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        thing = None
        if not step.of_list:
            thing = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
            if thing is None:
                raise Http404
        if not step.is_open(thing):
            messages.error(request, _("“%s” is not possible in this state.") % step.title)
            return HttpResponseRedirect(self._way_back(thing))
        now = clock.now()
        if isinstance(step, PageStep):
            return step.page(request, thing, now=now)
        posted = request.method == "POST"
        data, files = (request.POST, request.FILES) if posted else (None, None)
        form = step.form_class(data, files, initial=step.initial(thing) | _asked_for(request, step))
        if posted and form.is_valid():
            try:
                outcome = step.take(request, thing, form, now=now)
            except step.refusals as error:
                form.add_error(None, str(error))
            else:
                if isinstance(outcome, HttpResponse):
                    return outcome
                messages.success(request, str(outcome))
                return HttpResponseRedirect(self._way_back(thing))
        return self.render_step(request, step, thing, form, now)

    def render_step(
        self, request: HttpRequest, step: Step, thing: Any, form: forms.Form, now: datetime
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": step.title,
            "subtitle": str(thing) if thing is not None else None,
            "opts": self.opts,
            "original": thing,
            "step": step,
            "sentences": step.sentences(thing, now=now),
            "table": step.to_look_at(thing),
            "form": form,
            "media": form.media,
            "way_back": self._way_back(thing),
        }
        return TemplateResponse(request, "admin/step.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["show_save_and_add_another"] = False
        thing = context.get("original")
        if thing is not None:
            context["actions_detail"] = [
                _as_unfold_shows_it(act) for act in self.open_acts(request, thing).values()
            ]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        if getattr(response, "context_data", None) is not None:
            response.context_data["actions_list"] = [
                _as_unfold_shows_it(self._act(step))
                for step in self.steps
                if step.of_list and step.has_button and request.user.has_perm(step.permission)
            ]
        return response

    def open_acts(self, request: HttpRequest, thing: Any) -> dict[str, Act]:
        """Steps with a button that are open to this user, by name."""
        return {
            step.name: self._act(step, quote(thing.pk))
            for step in self.steps
            if not step.of_list
            and step.has_button
            and request.user.has_perm(step.permission)
            and step.is_open(thing)
        }

    def _act(self, step: Step, *key: str) -> Act:
        return Act(step.title, reverse(f"admin:{self._url_name(step)}", args=key), step.is_grave)

    def _url_name(self, step: Step) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{step.name.replace('-', '_')}"

    def _way_back(self, thing: Any) -> str:
        if thing is not None:
            return home_of(thing)
        home = HOMES.get(self.opts.model)
        return (
            home(None) if home else reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        )


def _asked_for(request: HttpRequest, step: Step) -> dict[str, str]:
    """What a link fills in beforehand; hidden fields say what somebody has seen, and no link says that for them."""
    fields = step.form_class.base_fields
    return {
        name: request.GET[name]
        for name in fields
        if name in request.GET and not fields[name].widget.is_hidden
    }


def _as_unfold_shows_it(act: Act) -> dict[str, Any]:
    variant = ActionVariant.DANGER if act.is_grave else ActionVariant.DEFAULT
    return {"title": act.title, "variant": variant, "attrs": {}, "path": act.address}
