// Thread pool that divides a range, created when first needed, in each process.
//
// A pool does not survive fork: the child has the memory of the threads but not the threads. The
// child detects the fork by its process id, abandons the pool, and creates its own.
#pragma once

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "host/floating_point.h"

namespace lander_host {

/// Id of this process. (Windows has one too, but no fork.)
inline int process_id() {
#if defined(_WIN32)
    return _getpid();
#else
    return static_cast<int>(getpid());
#endif
}

/// Work on the part first <= i < last of a range.
using Part = std::function<void(int first, int last)>;

/// Time that a thread spins before it sleeps. Waking up can take longer than a step of some hundred
/// landers, and steps often follow one another closely.
inline constexpr std::chrono::microseconds spin_time{200};

/// Spins until `holds()`; returns false after spin_time.
template <class Condition>
bool spin_until(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + spin_time;
    do {
        for (int i = 0; i < 64; ++i) {
            if (holds()) {
                return true;
            }
        }
        std::this_thread::yield();  // on a busy machine the others may need this processor
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

/// Threads of one process, the caller included.
class ThreadPool {
  public:
    /// Throws std::runtime_error if the system refuses a thread, as a limit of a container does.
    explicit ThreadPool(int threads) : threads_(threads) {
        try {
            for (int i = 1; i < threads; ++i) {
                helpers_.emplace_back([this, i] { serve(i); });
            }
        } catch (const std::exception& refused) {
            const std::string started = std::to_string(helpers_.size() + 1);
            stop();
            throw std::runtime_error(
                "num_threads must be a number of threads that the system "
                "starts: it started " +
                started + " of " + std::to_string(threads) + " (" + refused.what() + ")");
        }
    }

    ~ThreadPool() { stop(); }

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Divides 0 <= i < size among the threads, the same part for each every time; returns at the
    /// end.
    void run(int size, const Part& part) {
        {
            const std::lock_guard lock(mutex_);
            size_ = size;
            part_ = &part;
            waiting_for_ = threads_ - 1;
            ++call_;
        }
        called_.notify_all();
        work(0);
        const auto finished = [this] { return waiting_for_ == 0; };
        if (!spin_until(finished)) {
            std::unique_lock lock(mutex_);
            finished_.wait(lock, finished);
        }
    }

  private:
    /// Ends the helpers. A thread that is destroyed while it runs would end the process.
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        called_.notify_all();
        for (std::thread& helper : helpers_) {
            helper.join();
        }
    }

    void serve(int index) {
        const DefaultFloatingPoint floating_point;  // a thread inherits that of its creator
        unsigned long long seen = 0;
        const auto called = [&] { return stopping_ || call_ != seen; };
        while (true) {
            if (!spin_until(called)) {
                std::unique_lock lock(mutex_);
                called_.wait(lock, called);
            }
            if (stopping_) {
                return;
            }
            seen = call_;
            work(index);
            if (--waiting_for_ == 0) {
                const std::lock_guard lock(mutex_);
                finished_.notify_one();
            }
        }
    }

    void work(int index) const {
        const auto bound = [this](long long i) { return static_cast<int>(size_ * i / threads_); };
        (*part_)(bound(index), bound(index + 1));
    }

    const int threads_;
    std::vector<std::thread> helpers_;
    std::mutex mutex_;
    std::condition_variable called_, finished_;
    int size_ = 0;
    const Part* part_ = nullptr;
    std::atomic<int> waiting_for_ = 0;
    std::atomic<unsigned long long> call_ = 0;
    std::atomic<bool> stopping_ = false;
};

/// Thread pool and lock of this process; after a fork the child gets new ones.
class Workers {
  public:
    explicit Workers(int threads) : threads_(threads) {}
    ~Workers() {
        if (process_ != process_id()) {
            abandon();
        }
        delete lock_;
        delete pool_;
    }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    int threads() const { return threads_; }

    /// Lock to hold while the batch is read or written.
    std::unique_lock<std::mutex> lock() {
        if (process_ != process_id()) {
            abandon();
            process_ = process_id();
            lock_ = new std::mutex;
        }
        return std::unique_lock(*lock_);
    }

    /// Divides a range among the threads; call with the lock held.
    void run(int size, const Part& part) {
        if (threads_ == 1 || size == 1) {
            part(0, size);
            return;
        }
        if (pool_ == nullptr) {
            pool_ = new ThreadPool(threads_);
        }
        pool_->run(size, part);
    }

  private:
    /// Leaves threads and lock to the parent: joining or destroying them here would hang.
    void abandon() {
        lock_ = nullptr;
        pool_ = nullptr;
    }

    const int threads_;
    int process_ = process_id();
    std::mutex* lock_ = new std::mutex;
    ThreadPool* pool_ = nullptr;
};

}  // namespace lander_host
