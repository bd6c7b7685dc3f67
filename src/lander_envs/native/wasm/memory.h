// Functions that the compiler calls for copies and fillings, without a C library.
#pragma once

#include <cstring>

extern "C" void* memcpy(void* to, const void* from, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        static_cast<char*>(to)[i] = static_cast<const char*>(from)[i];
    }
    return to;
}

extern "C" void* memset(void* to, int value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        static_cast<char*>(to)[i] = static_cast<char>(value);
    }
    return to;
}
