"""What the server loads."""

from asgiref.wsgi import WsgiToAsgi

from asgi_wrapper.pages import flask_pages

app = WsgiToAsgi(flask_pages)
