// Sines, cosines and hyperbolic tangents of many doubles, on a GPU or, by grid.h, on the host.
#include "math/sine.h"
#include "math/tanh.h"

struct FunctionArguments {
    const double* arguments;
    double* values;  // (3, count)
    long long count;
};

extern "C" __global__ void functions(FunctionArguments call) {
    const long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < call.count) {
        const double x = call.arguments[i];
        call.values[i] = lander::sine(x);
        call.values[call.count + i] = lander::cosine(x);
        call.values[2 * call.count + i] = lander::hyperbolic_tangent(x);
    }
}
