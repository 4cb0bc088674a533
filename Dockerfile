# A small image that runs the command line and the server as a user without rights (for a hub: compose.yaml):
#   docker build -t foothold .
#   docker run --rm -v "$PWD:/rounds" foothold allocate /rounds/my-round --out /rounds/allocated
#       (the user in it has the number 1000, and must be able to write there)
#   docker run --rm -p 127.0.0.1:8000:8000 -v foothold-data:/home/foothold/foothold-data foothold serve --host 0.0.0.0

ARG BASE=python:3.11.13-slim-bookworm

FROM $BASE AS build
RUN python -m venv /opt/foothold
ENV PATH=/opt/foothold/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-run.lock /src/
RUN pip install --require-hashes -r /src/requirements-run.lock
COPY pyproject.toml README.md LICENSE /src/
COPY engine /src/engine
COPY solver /src/solver
COPY api /src/api
COPY scenarios /src/scenarios
RUN pip install --no-deps /src

FROM $BASE
RUN useradd --create-home --uid 1000 foothold
COPY --from=build /opt/foothold /opt/foothold
ENV PATH=/opt/foothold/bin:$PATH NUMBA_CACHE_DIR=/home/foothold/.cache/numba
USER foothold
WORKDIR /home/foothold
RUN mkdir foothold-data && python -m api.warm
EXPOSE 8000
ENTRYPOINT ["foothold"]
CMD ["--help"]
