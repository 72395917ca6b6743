#include "clanguagedata.h"

// #embed is of C23; Clang has it in every mode from version 19 on, and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t model[] = {
#embed "language-model.bin"
};

static const uint8_t unicode[] = {
#embed "unicode.txt"
};

clanguagedata_bytes clanguagedata_model(void) {
  return (clanguagedata_bytes){model, sizeof model};
}

clanguagedata_bytes clanguagedata_unicode(void) {
  return (clanguagedata_bytes){unicode, sizeof unicode};
}
