// What Pictures needs of C: wrappers of libvips and of the decoders below it, and byte loops.
#include "augment.h"
#include "fast.h"
#include "resample.h"
#include "vips_shim.h"
