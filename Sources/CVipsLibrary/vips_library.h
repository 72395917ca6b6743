// The system's libvips. Its functions are variadic, which Swift cannot call: see CVips.
#include <vips/vips.h>
