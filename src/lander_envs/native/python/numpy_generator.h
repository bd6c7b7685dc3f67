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
/// share its stream. It lives for one call, whose arguments keep the bit generator alive: a lander
/// that held one could be part of a reference cycle.
class NumpyGenerator {
  public:
    explicit NumpyGenerator(nb::handle bit_generator) {
        static PyObject* const name = PyUnicode_InternFromString("capsule");
        PyObject* const capsule = PyObject_GetAttr(bit_generator.ptr(), name);
        if (capsule == nullptr && PyErr_ExceptionMatches(PyExc_AttributeError) == 0) {
            throw nb::python_error();
        }
        if (capsule == nullptr) {
            PyErr_Clear();
            nb::str text(bit_generator.type());
            throw nb::type_error((std::string("bit_generator must be a numpy.random.BitGenerator, "
                                              "such as env.np_random.bit_generator, got ") +
                                  text.c_str())
                                     .c_str());
        }
        capsule_ = nb::steal(capsule);
        interface_ = static_cast<Interface*>(PyCapsule_GetPointer(capsule, "BitGenerator"));
        if (interface_ == nullptr) {
            throw nb::python_error();
        }
    }

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

    nb::object capsule_;
    Interface* interface_;
};

}  // namespace lander_python
