# lander_envs in a slim image, installed from a wheel alone: build the wheel first.
#
#     python -m pip wheel --no-deps --wheel-dir dist .
#     docker build --tag lander_envs .
#     docker run --rm lander_envs
#
# The base can be any Debian-like image with the Python of the wheel.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

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
