"""The pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


async def index(_request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("hello from django_asgi")


urlpatterns = [path("", index)]
