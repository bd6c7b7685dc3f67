#!/usr/bin/env bash
# All checks that need a GPU, in eight minutes at most: kernels, parity, pictures, graph capture,
# memory checks, speed, learning. From a checkout with the package, PyTorch with CUDA and NVRTC
# installed; `learning` also needs the packages of the extra `baselines`:
#     bash tests/gpu/run_all.sh [FOLDER FOR THE LOGS]
# Every part has a time limit of its own and runs even if another failed; the exit status is the
# number of parts that did.
set -uo pipefail
cd "$(dirname "$0")/../.."
out=${1:-build/gpu}
mkdir -p "$out"
failed=0

part() { # NAME SECONDS COMMAND...
    local name=$1 limit=$2
    shift 2
    echo "== $name"
    timeout "$limit" "$@" 2>&1 | tee "$out/$name.log"
    local status=${PIPESTATUS[0]}
    [ "$status" -eq 0 ] || { echo "== $name failed with status $status"; failed=$((failed + 1)); }
}

nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv | tee "$out/machine.log"
part kernels 80 python -m tests.gpu.warm_cache
part functions 50 python -m tests.gpu.functions
part parity 70 python -m tests.gpu.parity --steps 1000000 --decisions 20000
part capture 50 python -m tests.gpu.capture
if command -v compute-sanitizer > /dev/null; then
    part memcheck 50 compute-sanitizer --error-exitcode 1 python -m tests.gpu.parity --steps 512 --decisions 32 --envs 256
else
    echo "== memcheck: compute-sanitizer is not installed"
fi
if python -c "import lander_envs.jax" 2> /dev/null; then
    part jax 40 env XLA_PYTHON_CLIENT_PREALLOCATE=false python -m tests.gpu.jax_parity --steps 100000
else
    echo "== jax: no jax, or a build of lander_envs without its custom calls"
fi
part speed 80 python -m tests.gpu.speed --seconds 65 --out "$out/speed.json"
if python -c "import pydantic, tyro, safetensors" 2> /dev/null; then
    part learning 60 python -m tests.gpu.learning --seconds 45 --runs "$out/runs"
else
    echo "== learning: the packages of the extra baselines are not installed"
fi
exit "$failed"
