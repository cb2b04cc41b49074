"""How the web server behaves. `manage.py start` adds address, workers and threads."""

worker_class = "gthread"
# Seconds. A worker that is silent for this long is replaced; a restart waits as long for answers under way.
timeout = 30
graceful_timeout = 30
# Seconds a tablet's connection is kept between two polls.
keepalive = 5
# Whether a request came by HTTPS is decided in one place, the setting PROXY; gunicorn believes nobody.
forwarded_allow_ips = ""
control_socket_disable = True
