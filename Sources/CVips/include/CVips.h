// What Pictures needs of C: the door to libvips, and loops over bytes.
#include "augment.h"
#include "resample.h"
#include "vips_door.h"
