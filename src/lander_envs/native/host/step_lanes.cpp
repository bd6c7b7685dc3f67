// Group step in lanes, compiled once for each instruction set, with LANDER_NAMESPACE, LANDER_ENTRY
// (the name of the function below) and the set's flags.
#include "batch/group.h"
#include "host/simd.h"

void LANDER_ENTRY(void* steps, int count);

void LANDER_ENTRY(void* steps, int count) {
    using namespace LANDER_NAMESPACE;
    step_entries<Wide>(static_cast<EntryStep*>(steps), count);
}
