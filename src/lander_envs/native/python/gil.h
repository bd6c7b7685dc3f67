// Release of the global interpreter lock (GIL) while the engine works.
#pragma once

#include <nanobind/nanobind.h>

#include <chrono>
#include <thread>

namespace lander_python {

/// Releases the GIL for its lifetime.
///
/// Until Python 3.14, a thread that asks for the GIL after the interpreter began to exit is ended
/// by pthread_exit, which unwinds its stack as an exception would; at the first destructor it would
/// abort the process (nanobind's gil_scoped_release is one). Here such a thread sleeps until the
/// process ends, as from Python 3.14 on.
class ReleasedGil {
  public:
    ReleasedGil() : thread_(PyEval_SaveThread()) {}
    ~ReleasedGil() {
        try {
            PyEval_RestoreThread(thread_);
        } catch (...) {
            while (true) {
                std::this_thread::sleep_for(std::chrono::hours(1));
            }
        }
    }
    ReleasedGil(const ReleasedGil&) = delete;
    ReleasedGil& operator=(const ReleasedGil&) = delete;

  private:
    PyThreadState* thread_;
};

}  // namespace lander_python
