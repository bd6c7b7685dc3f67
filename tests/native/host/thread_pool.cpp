// Thread pool.
#include "host/thread_pool.h"

#include <atomic>
#include <vector>

#include "checks.h"

namespace {

TEST(a_range_is_divided_without_gaps) {
    for (const int threads : {1, 2, 3, 7}) {
        lander_host::Workers workers(threads);
        for (const int size : {1, 2, 5, 100}) {
            std::vector<std::atomic<int>> seen(static_cast<std::size_t>(size));
            const auto lock = workers.lock();
            workers.run(size, [&](int first, int last) {
                for (int i = first; i < last; ++i) {
                    ++seen[static_cast<std::size_t>(i)];
                }
            });
            for (const std::atomic<int>& count : seen) {
                CHECK(count == 1);
            }
        }
    }
}

}  // namespace
