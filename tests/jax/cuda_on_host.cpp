// The custom calls for GPUs as calls for CPU devices: their stream is a number, and what Python
// would hand to the engine comes here.
#include "python/jax_cuda_targets.cpp"

namespace lander_python {
namespace {

void* const stream = reinterpret_cast<void*>(0x5EED);
constexpr std::int32_t ordinal = 1;

ffi::Error reset_on_host(ffi::RemainingArgs arguments, ffi::RemainingRets results,
                         ffi::Dictionary attributes) {
    return cuda_reset(stream, ordinal, arguments, results, attributes);
}

ffi::Error step_on_host(ffi::RemainingArgs arguments, ffi::RemainingRets results,
                        ffi::Dictionary attributes) {
    return cuda_step(stream, ordinal, arguments, results, attributes);
}

}  // namespace
}  // namespace lander_python

using lander_python::reset_on_host;
using lander_python::step_on_host;
namespace ffi = xla::ffi;

XLA_FFI_DEFINE_HANDLER_SYMBOL(test_reset, reset_on_host,
                              ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attrs());
XLA_FFI_DEFINE_HANDLER_SYMBOL(test_step, step_on_host,
                              ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attrs());

extern "C" void test_start(const void* functions, const char* kernels, const char* image,
                           std::size_t size) {
    lander_python::CudaFunctions called;
    std::memcpy(&called, functions, sizeof called);
    lander_python::start_cuda(called, kernels, std::string(image, size));
}
