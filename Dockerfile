# The market for production: web, workers and beat are the same image with different commands (docker-compose.yml).

FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements/base.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: --no-deps --requirement base.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/market/collected \
    MEDIA_ROOT=/media \
    PRIVATE_ROOT=/private
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin market \
 && install --directory --owner market --group market /media /private /ledger /returned
COPY --from=packages /venv /venv
WORKDIR /market
COPY . .
# The addresses are never called here; without them manage.py would look for embedded servers.
RUN python -m compileall -q . \
 && DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused/0 SECRET_KEY=unused \
    python manage.py collectstatic --noinput --verbosity 0
USER market
VOLUME /media /private /ledger /returned
EXPOSE 8000
# Asks for the name it serves: Django refuses others.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD python -c "\
import http.client, os; \
web = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
web.request('GET', '/health/live', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.')}); \
raise SystemExit(web.getresponse().status != 200)"
CMD ["gunicorn", "marketplace.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "30", "--no-control-socket", \
     "--limit-request-line", "8190"]
