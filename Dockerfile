# The gateway with its demo graph. To serve your own graph, start from this image, install your package
# and set GATEWAY_APP=package.module:attribute with the command `gateway serve --host 0.0.0.0`.

FROM python:3.11-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY migrations ./migrations
COPY gateway ./gateway
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GATEWAY_LOG_FORMAT=json
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels graph-gateway \
 && useradd --system --uid 10001 --create-home --home-dir /home/gateway gateway \
 && install -d -o gateway -g gateway /data
USER gateway
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["gateway", "demo", "--host", "0.0.0.0", "--port", "8000", "--data", "/data"]
