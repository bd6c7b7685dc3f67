// Flies the flights of flights.h and prints a hash of each.
//
//   flights STEPS single|lanes
#include "flights.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "host/floating_point.h"
#include "host/simd.h"

using namespace lander;

static Fleet fleet;

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: flights STEPS single|lanes\n");
        return 2;
    }
    const lander_host::DefaultFloatingPoint environment;
    const bool single = std::strcmp(argv[2], "single") == 0;
    for (const Flight& flight : flights) {
        const u64 hash = fly(fleet, flight, single ? step_entries<float> : step_entries<Wide>,
                             std::atoi(argv[1]));
        std::printf("%s: %016llx\n", flight.name, static_cast<unsigned long long>(hash));
        std::fflush(stdout);
    }
}
