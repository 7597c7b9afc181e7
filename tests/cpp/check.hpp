// What the C++ tests share.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <voicewire.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

inline std::atomic<int> checks{0};

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        ++checks;                                                                                                      \
        if (!(__VA_ARGS__)) {                                                                                          \
            std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #__VA_ARGS__);                             \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (false)

// Set by the test's runner.
inline std::string environment(const char *name) {
    const char *value = std::getenv(name);
    if (value == nullptr) {
        std::fprintf(stderr, "%s is not set: this test is run by tests/cpp.rs\n", name);
        std::exit(1);
    }
    return value;
}

inline voicewire::deepdub::config sandbox_config() {
    voicewire::deepdub::config config;
    config.api_key = environment("TEST_KEY");
    config.rest_url = environment("TEST_REST_URL");
    config.websocket_url = environment("TEST_WEBSOCKET_URL");
    config.streaming_url = environment("TEST_STREAMING_URL");
    return config;
}

// One that always gives the same audio.
inline voicewire::deepdub::speech_request request(const char *voice = voicewire::deepdub::trial_voice) {
    voicewire::deepdub::speech_request request{"The quick brown fox jumps over the lazy dog, and then it sleeps.", voice};
    request.format = voicewire::format::s16le;
    request.sample_rate = 16000;
    request.seed = 7;
    return request;
}

inline void append(std::vector<std::uint8_t> &all, voicewire::bytes bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
}

#endif
