// Who speaks in these examples: the service where DEEPDUB_API_KEY is set, else a sandbox of their own.
#ifndef SERVICE_HPP
#define SERVICE_HPP

#include "../c/local_sandbox.h"

#include <voicewire.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

class service {
public:
    explicit service(const char *argv0) {
        const char *key = std::getenv("DEEPDUB_API_KEY");
        if (key != nullptr && key[0] != '\0') return;
        std::fprintf(stderr, "DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service\n");
        if (local_sandbox_start(&sandbox_, argv0) != 0) throw std::runtime_error("no sandbox");
        is_local_ = true;
    }
    ~service() {
        if (is_local_) local_sandbox_stop(&sandbox_);
    }
    service(const service &) = delete;
    service &operator=(const service &) = delete;

    voicewire::deepdub::config config() const {
        voicewire::deepdub::config config;
        if (is_local_) {
            config.api_key = LOCAL_SANDBOX_KEY;
            config.rest_url = sandbox_.rest_url;
            config.websocket_url = sandbox_.websocket_url;
            config.streaming_url = sandbox_.streaming_url;
        }
        return config;
    }

private:
    local_sandbox sandbox_{};
    bool is_local_ = false;
};

#endif
