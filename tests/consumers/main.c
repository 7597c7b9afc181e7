#include "speak.h"

#include <stdio.h>
#include <voicewire.h>

int main(void) {
    size_t bytes = speak("Welcome to the show.");
    printf("voicewire %s spoke %zu bytes\n", vw_version(), bytes);
    return bytes == 0;
}
