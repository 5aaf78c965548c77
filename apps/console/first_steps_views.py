"""From an empty installation to the first contest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console.doors import official
from apps.console.first_steps import first_steps


@require_GET
@official()
def page(request: HttpRequest) -> HttpResponse:
    steps = first_steps(request.user)
    open_ones = [step.name for step in steps if not step.is_done]
    context = {"steps": steps, "done": len(steps) - len(open_ones), "next": open_ones[0] if open_ones else ""}
    return render(request, "console/first_steps.html", context)
