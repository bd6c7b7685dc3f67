// The flights of flights.h for WebAssembly, without a C library; flights.mjs calls them.
#include "flights.h"
#include "wasm/memory.h"
#if defined(__wasm_simd128__)
#include "host/simd.h"
#endif

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

using namespace lander;

static Fleet fleet;

EXPORT("flight_count") int exported_flight_count() { return flight_count; }

EXPORT("flight_name") const char* exported_flight_name(int index) { return flights[index].name; }

EXPORT("fly") u64 exported_fly(int index, int steps) {
#if defined(__wasm_simd128__)
    return fly(fleet, flights[index], step_entries<Wide>, steps);
#else
    return fly(fleet, flights[index], step_entries<float>, steps);
#endif
}
