# One image for web, worker, beat and the one-shot migration (docker-compose.yml).

# --- front-end assets and fonts ---
FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent

# --- Python packages ---
FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

# --- the application ---
FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin stations
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=assets /app/node_modules node_modules
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    PRODUCTION=1 \
    VAR_DIR=/data \
    STATIC_ROOT=/app/staticfiles
# Collecting needs settings, but neither servers nor a secret that means anything.
RUN SERVICES=none SECRET_KEY=build ALLOWED_HOSTS=build python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir /data && chown stations: /data
USER stations
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--access-logfile", "-"]
