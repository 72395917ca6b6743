/// Tables about languages and Unicode that are part of the program.
///
/// They are files of this folder that `data.c` embeds, so that a program copied by itself has them and
/// a build does not parse them as source. `Tools/languages/write.py` and
/// `Tools/references/tokens_unicode.py` write them.
#ifndef CLANGUAGEDATA_H
#define CLANGUAGEDATA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that stay where they are for as long as the program runs.
typedef struct clanguagedata_bytes {
  const uint8_t *_Nonnull start;
  size_t count;
} clanguagedata_bytes;

/// `language-model.bin`: what tells languages that share a script from each other.
clanguagedata_bytes clanguagedata_model(void);

/// `unicode.txt`: properties, scripts and mappings of all scalars.
clanguagedata_bytes clanguagedata_unicode(void);

#ifdef __cplusplus
}
#endif
#endif
