# lander_envs in a slim image, installed from a wheel alone: build the wheel first.
#
#     python -m pip wheel --no-deps --wheel-dir dist .
#     docker build --tag lander_envs .
#     docker run --rm lander_envs
#
# The stage `serve` adds the trained agents with their service and dashboard; compose.yaml builds it.
# The stage `worker` adds Ray, for sweeps.
#
# The base can be any Debian-like image with the Python of the wheel.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS core

COPY dist/*.whl /tmp/wheels/
# The build of OpenCV without windows needs no libGL, which slim images lack.
RUN python3 -m venv /opt/lander_envs \
    && /opt/lander_envs/bin/pip install --no-cache-dir /tmp/wheels/*.whl \
    && /opt/lander_envs/bin/pip uninstall --yes opencv-python \
    && /opt/lander_envs/bin/pip install --no-cache-dir opencv-python-headless \
    && rm -r /tmp/wheels \
    && useradd --create-home --uid 1000 lander
COPY tests/wheel/flight.py /opt/lander_envs/flight.py

ENV PATH=/opt/lander_envs/bin:$PATH SDL_VIDEODRIVER=dummy
USER 1000
WORKDIR /home/lander
CMD ["python", "/opt/lander_envs/flight.py"]

FROM core AS serve
# PyTorch's own index has the build without CUDA, which is much smaller.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
USER 0
COPY dist/*.whl constraints.txt /tmp/wheels/
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# Versions are those of constraints.txt.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir --constraint /tmp/wheels/constraints.txt \
        --index-url "${TORCH_INDEX}" torch \
    && pip install --no-cache-dir --constraint /tmp/wheels/constraints.txt \
        "$(echo /tmp/wheels/*.whl)[baselines,serve,dashboard]" \
    && pip uninstall --yes opencv-python \
    && pip install --no-cache-dir --force-reinstall --no-deps opencv-python-headless \
    && rm -r /tmp/wheels
COPY baselines /home/lander/baselines
USER 1000
EXPOSE 8000 8501
CMD ["python", "-m", "baselines.serve", "--agent", "lander_dqn", "--host", "0.0.0.0"]

FROM serve AS worker
# A node of a Ray cluster, for `python -m baselines.sweep --on ray://HOST:10001`.
USER 0
COPY constraints.txt /tmp/constraints.txt
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt ray submitit
USER 1000
ENV PYTHONPATH=/home/lander OMP_NUM_THREADS=1
EXPOSE 6379 10001
CMD ["ray", "start", "--head", "--block", "--ray-client-server-port=10001"]

# What `docker build` makes unless it is told a stage.
FROM core
