// Vectors of the processor's width, and products of matrices whose sums stay in its registers.

#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__AVX512F__)
constexpr int LANES = 16, REGISTERS = 32;
#elif defined(__AVX__)
constexpr int LANES = 8, REGISTERS = 16;
#else
constexpr int LANES = 4, REGISTERS = 16;
#endif

constexpr int ROWS = 4;                      // of a block of a product
constexpr int BLOCK = REGISTERS / 2 / ROWS;  // vectors of its rows: sums fill half the registers

using Lanes [[gnu::vector_size(4 * LANES)]] = float;
using Integers [[gnu::vector_size(4 * LANES)]] = int32_t;
using Matrix = std::vector<float>;

inline Lanes load(const float* from) {
    Lanes out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

inline void store(float* to, Lanes value) { std::memcpy(to, &value, sizeof value); }

inline Lanes all(float value) { return Lanes{} + value; }

// Without this, GCC 12 loads the vector anew for each use, and loads take longer than arithmetic.
inline void keep_in_register([[maybe_unused]] Lanes& value) {
#if defined(__AVX512F__)
    asm("" : "+v"(value));
#elif defined(__x86_64__)
    asm("" : "+x"(value));
#endif
}

// exp(x) for x <= 0, to about an ulp; below -87 exp(-87), near the smallest normal number.
inline Lanes exp_negative(Lanes x) {
    x = x < -87.0f ? all(-87.0f) : x;
    // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, the first with few bits.
    Lanes shifted = x * 1.44269504f + 12582912.0f;  // adding 1.5 * 2^23 rounds to an integer
    Lanes n = shifted - 12582912.0f;
    Lanes r = x - n * 0.693359375f + n * 2.12194440e-4f;
    Lanes sum = all(1.0f / 5040);  // Taylor's series; its next term is below 6e-9
    for (float factor : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f})
        sum = sum * r + factor;
    Integers bits = (__builtin_convertvector(n, Integers) + 127) << 23;  // 2^n
    Lanes power;
    std::memcpy(&power, &bits, sizeof power);
    return sum * power;
}

inline Lanes tanh(Lanes x) {
    Lanes e = exp_negative(-2.0f * (x > 0.0f ? x : -x));
    Lanes size = (1.0f - e) / (1.0f + e);
    return x > 0.0f ? size : -size;
}

// A matrix whose elements lie `row` and `column` apart: a transpose has them exchanged.
struct View {
    const float* data;
    int row, column;
};

// N rows by VECTORS vectors of C += A B, with the sums in registers.
template <int N, int VECTORS>
void add_block(int depth, View a, const float* b, float* c, int width) {
    Lanes sums[N][VECTORS];
    for (int i = 0; i < N; ++i)
        for (int v = 0; v < VECTORS; ++v) sums[i][v] = load(c + i * width + v * LANES);
    for (int k = 0; k < depth; ++k)
        for (int v = 0; v < VECTORS; ++v) {
            Lanes row = load(b + k * width + v * LANES);
            keep_in_register(row);
            for (int i = 0; i < N; ++i) sums[i][v] += a.data[i * a.row + k * a.column] * row;
        }
    for (int i = 0; i < N; ++i)
        for (int v = 0; v < VECTORS; ++v) store(c + i * width + v * LANES, sums[i][v]);
}

template <int N>
void add_rows(int width, int depth, View a, const float* b, float* c) {
    int j = 0;
    for (; j + BLOCK * LANES <= width; j += BLOCK * LANES)
        add_block<N, BLOCK>(depth, a, b + j, c + j, width);
    for (; j < width; j += LANES) add_block<N, 1>(depth, a, b + j, c + j, width);
}

// C += A B: (rows, width) += (rows, depth) (depth, width). The width is whole vectors.
inline void add_product(int rows, int width, int depth, View a, const float* b, float* c) {
    auto from = [&](int i) { return View{a.data + i * a.row, a.row, a.column}; };
    int i = 0;
    for (; i + ROWS <= rows; i += ROWS) add_rows<ROWS>(width, depth, from(i), b, c + i * width);
    for (; i < rows; ++i) add_rows<1>(width, depth, from(i), b, c + i * width);
}
