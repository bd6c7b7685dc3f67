// NumPy bit generator as a source of random numbers, through NumPy's public C interface.
//
// `numpy.random.BitGenerator.capsule` holds a struct of function pointers ("Extending via CFFI and
// Numba" in NumPy's documentation). Its layout is part of NumPy's ABI since 1.17, so the build
// needs no NumPy header.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <string>

namespace lander_python {

namespace nb = nanobind;

/// Source (math/random.h) that draws from a NumPy bit generator of any kind. Python and the core
/// share its stream.
class NumpyGenerator {
  public:
    explicit NumpyGenerator(nb::handle bit_generator) {
        if (!nb::hasattr(bit_generator, "capsule")) {
            nb::str text(bit_generator.type());
            throw nb::type_error((std::string("bit_generator must be a numpy.random.BitGenerator, "
                                              "such as env.np_random.bit_generator, got ") +
                                  text.c_str())
                                     .c_str());
        }
        owner_ = nb::borrow(bit_generator);
        const nb::object capsule = bit_generator.attr("capsule");
        interface_ = static_cast<Interface*>(PyCapsule_GetPointer(capsule.ptr(), "BitGenerator"));
        if (interface_ == nullptr) {
            throw nb::python_error();
        }
    }

    nb::handle owner() const { return owner_; }

    std::uint32_t next_uint32() { return interface_->next_uint32(interface_->state); }
    double next_double() { return interface_->next_double(interface_->state); }

  private:
    struct Interface {
        void* state;
        std::uint64_t (*next_uint64)(void*);
        std::uint32_t (*next_uint32)(void*);
        double (*next_double)(void*);
        std::uint64_t (*next_raw)(void*);
    };

    nb::object owner_;  // keeps the interface alive
    Interface* interface_;
};

}  // namespace lander_python
