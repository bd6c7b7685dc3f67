#!/usr/bin/env bash
# All checks that need a GPU, in seven minutes at most: parity, pictures, graph capture, memory checks,
# speed. From a checkout with the package, PyTorch with CUDA and NVRTC installed:
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
part functions 90 python -m tests.gpu.functions
part parity 90 python -m tests.gpu.parity --steps 1000000 --decisions 20000
part capture 40 python -m tests.gpu.capture
if command -v compute-sanitizer > /dev/null; then
    part memcheck 90 compute-sanitizer --error-exitcode 1 python -m tests.gpu.parity --steps 512 --decisions 32 --envs 256
else
    echo "== memcheck: compute-sanitizer is not installed"
fi
part speed 80 python -m tests.gpu.speed --out "$out/speed.json"
exit "$failed"
