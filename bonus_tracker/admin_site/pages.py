"""A page of sentences, with or without something to confirm."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def sentences_page(request: HttpRequest, **context: Any) -> HttpResponse:
    """title, sentences, way_back; optionally subtitle, numbered, table, and confirm (a button) with kept and is_grave.

    table: headers and rows. kept: hidden fields, (name, value) each.
    """
    return TemplateResponse(
        request, "admin/sentences.html", admin.site.each_context(request) | {"kept": []} | context
    )
