// Compares double sine, cosine and tanh with the C library's, argument by argument.
//
//   functions SHARE    SHARE of 1 takes every float and every wind index of a case, and 10^8 random
//                      arguments; 0.001 a thousandth of them, spread evenly
//
// Prints a line for each case: name, arguments, differences. Progress goes to stderr.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "env/wind.h"

using namespace lander;

namespace {

using Function = double (*)(double);

// Through pointers that the compiler does not know, so that it computes nothing itself.
Function volatile c_sine = std::sin, c_cosine = std::cos, c_tanh = std::tanh;

/// Products and sums rounded apart: the negative control.
struct TwoRoundings {
    LANDER_INNER static double of(double a, double b, double c) { return a * b + c; }
};

template <class Part, class Fma>
double with(double x) {
    return Part::template of<Fma>(x);
}

double same_gust(double x) { return gust(static_cast<i64>(x)); }

double c_gust(double i) {
    static const Function sine_of = c_sine, tanh_of = c_tanh;
    return tanh_of(sine_of(wind_slow * i) + sine_of(wind_fast * i));
}

/// Uniform in [-1, 1), by the index.
double random_number(u64 index) {  // SplitMix64
    u64 z = (index + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

template <int scale>
double spread(u64 index) {
    return random_number(index) * scale;
}

/// Arguments of every size from 2^-40 to 2^50.
double of_any_size(u64 index) {
    return std::ldexp(random_number(2 * index),
                      static_cast<int>(45.0 * random_number(2 * index + 1)) + 5);
}

/// Floats below 2^25 by their bits, the negative ones after the positive ones. No angle is larger:
/// a step turns a body by a quarter turn at most, less than half an ulp there.
constexpr u32 float_count = 0x4c000000;
double float_angle(u64 index) {
    const u32 bits = static_cast<u32>(index % float_count);
    return static_cast<double>(float_of(index < float_count ? bits : bits | 0x80000000));
}

constexpr u64 wind_count = 100'000'000;
double wind_index(u64 index) {
    return static_cast<double>(static_cast<i64>(index) - wind_index_bound);
}

struct Case {
    const char* name;
    Function ours, theirs;
    double (*argument)(u64);
    u64 count;
};

constexpr u64 many = 100'000'000;

u64 differences(const Case& the, u64 step, u64& compared) {
    const auto started = std::chrono::steady_clock::now();
    u64 found = 0;
    compared = 0;
    for (u64 i = 0; i < the.count; i += step) {
        const double x = the.argument(i);
        found += double_bits(the.ours(x)) != double_bits(the.theirs(x)) ? 1 : 0;
        if ((++compared & 0xffffff) == 0) {
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
            const double done = static_cast<double>(i) / static_cast<double>(the.count);
            std::fprintf(stderr, "%s: %.0f %%, %.0f s left\n", the.name, 100.0 * done,
                         spent.count() * (1.0 / done - 1.0));
        }
    }
    return found;
}

}  // namespace

int main(int argc, char** argv) {
    using sine_parts::Cosine, sine_parts::Sine, tanh_parts::Tanh;
    const double share = argc > 1 ? std::atof(argv[1]) : 1.0;
    const Case cases[] = {
        {"sine, every float below 2^25", sine, c_sine, float_angle, 2ULL * float_count},
        {"cosine, every float below 2^25", cosine, c_cosine, float_angle, 2ULL * float_count},
        {"wind, indices from -9,999 on", same_gust, c_gust, wind_index, wind_count},
        {"sine in [-7, 7]", sine, c_sine, spread<7>, many},
        {"cosine in [-7, 7]", cosine, c_cosine, spread<7>, many},
        {"sine in [-100,000, 100,000]", sine, c_sine, spread<100'000>, many},
        {"cosine in [-100,000, 100,000]", cosine, c_cosine, spread<100'000>, many},
        {"sine, 2^-40 to 2^50", sine, c_sine, of_any_size, many},
        {"cosine, 2^-40 to 2^50", cosine, c_cosine, of_any_size, many},
        {"tanh in [-2, 2]", hyperbolic_tangent, c_tanh, spread<2>, many},
        {"tanh in [-25, 25]", hyperbolic_tangent, c_tanh, spread<25>, many},
        {"sine, without the instruction", with<Sine, SoftwareFma>, c_sine, of_any_size, many},
        {"cosine, without the instruction", with<Cosine, SoftwareFma>, c_cosine, of_any_size, many},
        {"tanh, without the instruction", with<Tanh, SoftwareFma>, c_tanh, spread<25>, many},
        {"sine, two roundings", with<Sine, TwoRoundings>, c_sine, spread<7>, many},
        {"cosine, two roundings", with<Cosine, TwoRoundings>, c_cosine, spread<7>, many},
        {"tanh, two roundings", with<Tanh, TwoRoundings>, c_tanh, spread<2>, many},
    };
    // An odd step, so that it shares no factor with the floats' binades.
    const u64 step = static_cast<u64>(1.0 / share) | 1;
    for (const Case& the : cases) {
        u64 compared = 0;
        const u64 found = differences(the, step, compared);
        std::printf("%s|%llu|%llu\n", the.name, static_cast<unsigned long long>(compared),
                    static_cast<unsigned long long>(found));
        std::fflush(stdout);
    }
}
