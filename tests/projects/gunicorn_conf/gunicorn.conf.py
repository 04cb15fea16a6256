"""Settings that gunicorn loads by itself."""

accesslog = "-"
raw_env = ["GREETING=hello"]
threads = 2
