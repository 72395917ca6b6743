// Compiles a function for several instruction sets; the loader takes the best that is there.
#ifndef PICTOGLOT_CLONES_H
#define PICTOGLOT_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define PICTOGLOT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PICTOGLOT_CLONES
#endif

#endif
