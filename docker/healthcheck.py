"""Exit 0 when the app answers HTTP on `PORT`; with `HEALTH_PATH`, when that answers below 400."""

import os
import socket
import sys

path = os.environ.get("HEALTH_PATH") or "/"
port = int(os.environ.get("PORT") or 8888)
request = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nUser-Agent: healthcheck\r\n\r\n"

try:
    with socket.create_connection(("127.0.0.1", port), timeout=4) as connection:
        connection.sendall(request.encode())
        status = connection.makefile("rb").readline().split()
except OSError as error:
    sys.exit(f"port {port}: {error}")

if len(status) < 2 or not status[0].startswith(b"HTTP/"):
    sys.exit(f"port {port} does not answer HTTP")
if os.environ.get("HEALTH_PATH") and int(status[1]) >= 400:
    sys.exit(f"{path} answers {int(status[1])}")
