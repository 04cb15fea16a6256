"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def index(_request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("hello from django_wsgi")


urlpatterns = [path("", index)]
