# The portal as one image for web, worker and scheduler: `docker build --tag portal .`
# Stage 1 installs what requirements.lock names, with hashes; stage 2 collects static files; stage 3 is what runs.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /srv/venv
COPY requirements.lock requirements-aliyun.txt /tmp/
# For SMS through Aliyun: --build-arg ALIYUN=1
ARG ALIYUN=
RUN /srv/venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock \
    && if [ -n "$ALIYUN" ]; then /srv/venv/bin/pip install --requirement /tmp/requirements-aliyun.txt; fi

FROM python:3.11-slim-bookworm AS runtime
# Pango, HarfBuzz and a Chinese font draw papers; curl asks whether the site is well.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        curl fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /home/portal portal
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /srv/portal
COPY --from=packages /srv/venv /srv/venv
COPY . .

FROM runtime AS static
# Settings want values to be there; none of these is kept in the image.
RUN SECRET_KEY=build ALLOWED_HOSTS=build BASE_URL=https://build DATABASE_URL=sqlite:////nowhere/build \
    python manage.py collectstatic --noinput

FROM runtime
COPY --from=static /srv/portal/staticfiles staticfiles
RUN python -m compileall -q config portal home cms membership && chown portal media
USER portal
EXPOSE 8000
ENV WEB_BIND=0.0.0.0:8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py"]
