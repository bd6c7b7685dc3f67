// The kernels' source as host C++: run_NAME runs one thread.
#include "cuda.h"
#if defined(PICTURES)
#include "kernels/picture_kernels.cu"
#elif defined(PURE)
#include "kernels/pure_kernels.cu"
#elif defined(PURE_PICTURES)
#include "kernels/pure_picture_kernels.cu"
#else
#include "kernels/state_kernels.cu"
#endif

#define RUN(name, Arguments)                                     \
    extern "C" void run_##name(const void* arguments);           \
    extern "C" void run_##name(const void* arguments) {          \
        name(*static_cast<const lander::Arguments*>(arguments)); \
    }

#if defined(PICTURES)
RUN(lander_draw_bases, PictureArguments)
RUN(lander_shift_stacks, PictureArguments)
RUN(lander_draw_pictures, PictureArguments)
#elif defined(PURE)
RUN(lander_pure, PureArguments)
#elif defined(PURE_PICTURES)
RUN(lander_draw_new_bases, PurePictureArguments)
RUN(lander_place_pictures, PurePictureArguments)
RUN(lander_lay_bases, PurePictureArguments)
RUN(lander_draw_new_pictures, PurePictureArguments)
RUN(lander_spread_pictures, PurePictureArguments)
RUN(lander_write_stacks, PurePictureArguments)
#else
RUN(lander_step, StepArguments)
RUN(lander_order, OrderArguments)
RUN(lander_seed, SeedArguments)
RUN(lander_set_params, ParamArguments)
RUN(lander_write, WriteArguments)
RUN(lander_restore, RestoreArguments)
#endif
