// Archives of serialization: one writes a state's fields, one reads and validates them, and one
// validates them where they lie.
#pragma once

#include "env/constants.h"
#include "math/portability.h"

namespace LANDER_NAMESPACE {

inline constexpr double state_index_bound = 9007199254740992.0;  // 2^53

/// Error in the bytes of a state; `field` is null if there is none.
struct StateFault {
    const char* field;
    const char* allowed;
    double value;
};

/// Archive that writes.
class StateWriter {
  public:
    LANDER_FN explicit StateWriter(u8* out) : out_(out) {}
    LANDER_FN int size() const { return size_; }
    static constexpr bool reading = false;

    LANDER_FN void word(u64 value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            out_[size_++] = static_cast<u8>(value >> (8 * i));
        }
    }
    LANDER_FN void integer(u64& value, int bytes, const char*) { word(value, bytes); }
    LANDER_FN void flag(bool& value, const char*) { word(value ? 1 : 0, 1); }
    LANDER_FN void small(u8& value, int, const char*, const char*) { word(value, 1); }
    LANDER_FN void index(i64& value, const char*) { word(static_cast<u64>(value), 8); }
    LANDER_FN void number(float& value, double, double, const char*, const char*) {
        word(float_bits(value), 4);
    }
    LANDER_FN void number(double& value, double, double, const char*, const char*) {
        word(double_bits(value), 8);
    }
    LANDER_FN void require(bool, const char*, const char*, double) {}
    LANDER_FN bool failed() const { return false; }

  private:
    u8* out_;
    int size_ = 0;
};

/// Validation of what archives read or check; keeps the first fault.
class StateValidator {
  public:
    static constexpr bool reading = true;

    LANDER_FN void require(bool fine, const char* field, const char* allowed, double value) {
        if (!fine && fault_.field == nullptr) {
            fault_ = {field, allowed, value};
        }
    }
    LANDER_FN bool failed() const { return fault_.field != nullptr; }
    LANDER_FN const StateFault& fault() const { return fault_; }

  protected:
    LANDER_FN void require_flag(u64 byte, const char* name) {
        require(byte <= 1, name, "0 or 1", static_cast<double>(byte));
    }
    LANDER_FN void require_small(u64 value, int end, const char* name, const char* allowed) {
        require(value < static_cast<u64>(end), name, allowed, static_cast<double>(value));
    }
    LANDER_FN void require_index(i64 value, const char* name) {
        const double size = static_cast<double>(value);
        require(value >= -wind_index_bound && size <= state_index_bound, name,
                "between -9999 and 2^53", size);
    }
    LANDER_FN void require_number(double x, double low, double high, const char* name,
                                  const char* allowed) {
        require(x >= low && x <= high, name, allowed, x);  // false for NaN
    }

  private:
    StateFault fault_{nullptr, nullptr, 0.0};
};

/// Archive that reads and validates.
class StateReader : public StateValidator {
  public:
    LANDER_FN StateReader(const u8* in, u64 size) : in_(in), left_(size) {}

    LANDER_FN u64 word(int bytes) {
        if (left_ < static_cast<u64>(bytes)) {
            require(false, "state", "as long as it was when it was cloned", 0.0);
            left_ = 0;
            return 0;
        }
        u64 value = 0;
        for (int i = 0; i < bytes; ++i) {
            value |= static_cast<u64>(*in_++) << (8 * i);
        }
        left_ -= static_cast<u64>(bytes);
        return value;
    }
    LANDER_FN void integer(u64& value, int bytes, const char*) { value = word(bytes); }
    LANDER_FN void flag(bool& value, const char* name) {
        const u64 byte = word(1);
        require_flag(byte, name);
        value = byte == 1;
    }
    LANDER_FN void small(u8& value, int end, const char* name, const char* allowed) {
        const u64 byte = word(1);
        require_small(byte, end, name, allowed);
        value = failed() ? u8{0} : static_cast<u8>(byte);
    }
    LANDER_FN void index(i64& value, const char* name) {
        value = static_cast<i64>(word(8));
        require_index(value, name);
    }
    template <class Real>
    LANDER_FN void number(Real& value, double low, double high, const char* name,
                          const char* allowed) {
        read_real(value);
        require_number(static_cast<double>(value), low, high, name, allowed);
    }
    LANDER_FN u64 left() const { return left_; }

  private:
    LANDER_FN void read_real(float& value) { value = float_of(static_cast<u32>(word(4))); }
    LANDER_FN void read_real(double& value) { value = double_of(word(8)); }

    const u8* in_;
    u64 left_;
};

/// Archive that validates a state where it lies.
class StateChecker : public StateValidator {
  public:
    LANDER_FN void integer(u64&, int, const char*) {}
    LANDER_FN void flag(bool& value, const char* name) {
        const u8 byte = *reinterpret_cast<const u8*>(&value);  // of a damaged one any
        require_flag(byte, name);
        value = byte == 1;
    }
    LANDER_FN void small(u8& value, int end, const char* name, const char* allowed) {
        require_small(value, end, name, allowed);
        value = failed() ? u8{0} : value;
    }
    LANDER_FN void index(i64& value, const char* name) { require_index(value, name); }
    template <class Real>
    LANDER_FN void number(Real& value, double low, double high, const char* name,
                          const char* allowed) {
        require_number(static_cast<double>(value), low, high, name, allowed);
    }
    /// A count whose bytes in the layout are fewer than here.
    LANDER_FN void count(i32 value, int most, const char* name, const char* allowed) {
        require(value >= 0 && value <= most, name, allowed, value);
    }
};

}  // namespace LANDER_NAMESPACE
