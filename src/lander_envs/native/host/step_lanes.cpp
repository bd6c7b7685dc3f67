// A group's steps, compiled for one instruction set: the build compiles this file once for each,
// with LANDER_NAMESPACE, LANDER_ENTRY (the name of the function below) and the set's flags.
#include "batch/state_batch.h"
#include "host/simd.h"

void LANDER_ENTRY(void* tasks, int count);

void LANDER_ENTRY(void* tasks, int count) {
    using namespace LANDER_NAMESPACE;
    carry_out<Wide>(static_cast<Task*>(tasks), count);
}
