// C functions over libtorch that never throw C++ exceptions.
//
// Every `ct_tensor` that a function returns is an owned reference; `ct_release` gives it back.
// A function that fails returns NULL (or false) and leaves its message in `ct_error()` for the
// calling thread. A missing operand (NULL) is such a failure too, never a crash.
#pragma once
#include "ct_autograd.h"
#include "ct_dropout.h"
#include "ct_operations.h"
#include "ct_optimization.h"
#include "ct_packed.h"
#include "ct_sampling.h"
#include "ct_tensor.h"
#include "ct_work.h"
