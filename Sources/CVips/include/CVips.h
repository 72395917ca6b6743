// What Pictures needs of C: the doors to libvips and to the decoders below it; loops over bytes.
#include "augment.h"
#include "plain.h"
#include "resample.h"
#include "vips_door.h"
