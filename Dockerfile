# syntax=docker/dockerfile:1
# Three stages: npm's files, the application with its packages, and the image that runs. The last one has neither
# npm, nor a compiler, nor test tools, and runs as an account of its own.

FROM node:24-bookworm-slim AS npm
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock ./
# The first part of the lock is what production needs.
RUN python -m venv /venv \
    && sed '/^# --- only for make run and make test/,$d' requirements.lock > /tmp/production.lock \
    && /venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/production.lock
ENV PATH=/venv/bin:$PATH
COPY . .
COPY --from=npm /app/node_modules node_modules
# The addresses are never asked here: collecting assets only needs settings that load.
RUN python -m tools.assets --installed \
    && python -m tools.messages compile \
    && DJANGO_ENV=demo DATABASE_URL=postgres://nowhere/none REDIS_URL=redis://nowhere:6379/0 \
        python manage.py collectstatic --noinput \
    && rm -rf node_modules .build/static

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_ENV=production DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin servicecenter \
    && install -d -o servicecenter -g servicecenter -m 0750 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER servicecenter
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-m", "servicecenter.operations.ask", "healthz"]
CMD ["gunicorn", "servicecenter.wsgi", "--bind=0.0.0.0:8000", "--preload", "--worker-class=gthread", "--workers=2", \
     "--threads=4", "--timeout=60", "--graceful-timeout=20", "--access-logfile=-", "--no-control-socket", \
     "--worker-tmp-dir=/dev/shm"]
