// Buffers and attributes of an XLA custom call, taken in order and by name.
#pragma once

#include <xla/ffi/api/ffi.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "batch/pure_batch.h"

namespace lander_python {

namespace ffi = xla::ffi;

/// Value of an FFI lookup. Throws std::invalid_argument if it failed, which `answered` catches.
template <class T>
T value_of(const ffi::ErrorOr<T>& found) {
    if (found.has_error()) {
        throw std::invalid_argument(found.error().message());
    }
    return found.value();
}

/// Takes the operands of a call in order.
class Operands {
  public:
    explicit Operands(ffi::RemainingArgs buffers) : buffers_(buffers) {}
    ffi::AnyBuffer next() { return value_of(buffers_.get<ffi::AnyBuffer>(index_++)); }
    template <class T>
    T* next_as() {
        return static_cast<T*>(next().untyped_data());
    }

  private:
    ffi::RemainingArgs buffers_;
    std::size_t index_ = 0;
};

/// Takes the results of a call in order.
class Results {
  public:
    explicit Results(ffi::RemainingRets buffers) : buffers_(buffers) {}
    ffi::AnyBuffer next() { return *value_of(buffers_.get<ffi::AnyBuffer>(index_++)); }
    template <class T>
    T* next_as() {
        return static_cast<T*>(next().untyped_data());
    }

  private:
    ffi::RemainingRets buffers_;
    std::size_t index_ = 0;
};

/// Floats or doubles, as JAX has them without or with 64-bit mode.
class Reals {
  public:
    explicit Reals(const ffi::AnyBuffer& buffer)
        : data_(buffer.untyped_data()), wide_(buffer.element_type() == ffi::DataType::F64) {}
    void* data() const { return data_; }
    bool wide() const { return wide_; }
    double operator[](std::size_t i) const {
        return wide_ ? static_cast<const double*>(data_)[i]
                     : static_cast<double>(static_cast<const float*>(data_)[i]);
    }
    void set(std::size_t i, double value) const {
        if (wide_) {
            static_cast<double*>(data_)[i] = value;
        } else {
            static_cast<float*>(data_)[i] = static_cast<float>(value);
        }
    }

  private:
    void* data_;
    bool wide_;
};

/// Answers a call with the error that `work` throws, or with success.
template <class Work>
ffi::Error answered(const Work& work) {
    try {
        work();
        return ffi::Error::Success();
    } catch (const std::invalid_argument& refused) {
        return ffi::Error(ffi::ErrorCode::kInvalidArgument, refused.what());
    } catch (const std::exception& failed) {
        return ffi::Error(ffi::ErrorCode::kInternal, failed.what());
    }
}

}  // namespace lander_python
