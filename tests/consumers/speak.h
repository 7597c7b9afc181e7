#ifndef SPEAK_H
#define SPEAK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of mp3 that the line has; 0 when it failed. */
size_t speak(const char *text);

#ifdef __cplusplus
}
#endif

#endif
