"""Ray clusters of several nodes, all on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import ray
from ray.cluster_utils import Cluster

ROOT = Path(__file__).parents[2]


@contextmanager
def cluster(nodes: int, head_cores: int = 0) -> Iterator[Cluster]:
    """A head, and nodes of one core each, which find this checkout."""
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with mock.patch.dict(os.environ, PYTHONPATH=paths):
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": head_cores})
        try:
            for _ in range(nodes):
                made.add_node(num_cpus=1)
            made.wait_for_nodes()
            yield made
        finally:
            ray.shutdown()
            made.shutdown()
