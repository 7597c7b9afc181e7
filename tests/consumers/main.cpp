#include "speak.h"

#include <cstdio>
#include <voicewire.h>

int main() {
    std::size_t bytes = speak("Welcome to the show.");
    std::printf("voicewire %s spoke %zu bytes\n", vw_version(), bytes);
    return bytes == 0;
}
