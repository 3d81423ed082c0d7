# One image per service: libs/ and that service, nothing else.
#   docker build --target service --build-arg SERVICE=buyers .
#   docker build --target identity --build-arg SERVICE=identity .   (it serves the documents, too)

FROM python:3.11-slim-bookworm AS environment
WORKDIR /build
COPY requirements-uv.lock requirements.lock ./
# pip brings uv, uv brings the rest; both accept nothing but the locked hashes.
RUN python -m venv /environment \
    && pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && uv pip sync --no-cache --compile-bytecode --require-hashes \
        --python /environment/bin/python requirements.lock

FROM python:3.11-slim-bookworm AS service
ARG SERVICE
# Whoever runs here owns two folders only, which volumes may cover: files, and the demo's clock.
RUN groupadd --gid 10001 moyai \
    && useradd --uid 10001 --gid moyai --no-create-home --shell /usr/sbin/nologin moyai \
    && install --directory --owner moyai --group moyai /files /clock
COPY --from=environment /environment /environment
WORKDIR /app
COPY libs/ libs/
COPY services/__init__.py services/
COPY services/${SERVICE}/ services/${SERVICE}/
# A forgotten SERVICE would have copied all of them.
RUN test -f "services/${SERVICE:?}/app.py" && python -m compileall -q libs services
ENV PATH=/environment/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
ENTRYPOINT ["python", "-m", "libs.common.command"]

FROM service AS identity
COPY openapi.json asyncapi.json problems.json ./
COPY schemas/ schemas/
