// XLA custom-call targets: the pure batch for JAX.
#pragma once

#include <utility>
#include <vector>

namespace lander_python {

/// Name and address of each target (python/jax_targets.cpp); none if the build had no headers of
/// XLA.
#if defined(LANDER_HAS_XLA)
std::vector<std::pair<const char*, void*>> jax_targets();
#else
inline std::vector<std::pair<const char*, void*>> jax_targets() { return {}; }
#endif

}  // namespace lander_python
