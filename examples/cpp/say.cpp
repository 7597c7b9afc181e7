// Says something into a file, and tells how it comes.
//
//     build/say "Welcome to the show." welcome.wav
//
// The ending of the file says the format. With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does.
#include "service.hpp"

#include <voicewire.hpp>

#include <cstdio>

namespace deepdub = voicewire::deepdub;

static void say(const deepdub::client &client, const char *text, const char *path) {
    deepdub::speech_request request{text, deepdub::trial_voice};
    request.format = voicewire::format_for_path(path);
    request.sample_rate = 48000;
    auto file = voicewire::audio_file::create(path, *request.format, *request.sample_rate);

    const auto chunks = client.stream(request);
    for (const auto &chunk : chunks) { // while the rest is still being spoken
        file.write(chunk.data());
        std::printf("\r%4.1f s", file.duration().count());
        std::fflush(stdout);
    }
    file.finish();
    std::printf("\n%s, first chunk after %.0f ms\n", path, chunks.so_far().first_chunk.value().count());
}

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s TEXT FILE\n", argv[0]);
        return 2;
    }
    try {
        const service service(argv[0]);
        say(deepdub::client::create(service.config()), argv[1], argv[2]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
