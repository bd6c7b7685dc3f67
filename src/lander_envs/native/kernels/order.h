// Order of landers in device memory: those whose steps cost alike share a warp.
//
// A warp costs what its busiest lander costs, and most of a step's cost is contacts. No result
// depends on the order.
#pragma once

#include "physics/world.h"

namespace LANDER_NAMESPACE {

/// Neighbours that are sorted among themselves. More would make better warps; but each thread
/// reads the keys of all.
inline constexpr int sorted_landers = 512;

/// Argument of the kernel that sorts.
struct OrderArguments {
    const u8* keys;
    i32* order;  // the lander of each thread
    i32 count;
};

namespace kernels {

LANDER_FN int at_most_7(int count) { return count < 7 ? count : 7; }

/// Sort key of a lander: what its next step depends on most comes first.
LANDER_FN u8 sort_key(const World& world, bool resets) {
    int touching = 0;
    for (int i = 0; i < world.contact_count; ++i) {
        touching += world.contacts[i].touching ? 1 : 0;
    }
    const int contacts = 8 * at_most_7(touching) + at_most_7(world.contact_count);
    return static_cast<u8>((resets ? 64 : 0) + contacts);
}

}  // namespace kernels

/// Gives lander i a thread, by its rank among its neighbours; landers of one key keep their order.
LANDER_FN void order_lander(const OrderArguments& call, int i) {
    const int first = i - i % sorted_landers;
    const int end = first + sorted_landers < call.count ? first + sorted_landers : call.count;
    const u8 key = call.keys[i];
    int rank = 0;
    for (int k = first; k < i; ++k) {
        rank += call.keys[k] <= key ? 1 : 0;
    }
    for (int k = i + 1; k < end; ++k) {
        rank += call.keys[k] < key ? 1 : 0;
    }
    call.order[first + rank] = i;
}

}  // namespace LANDER_NAMESPACE
