// SPDX-License-Identifier: MIT OR Apache-2.0
// The library's log. Included by voicewire.hpp.
#ifndef VOICEWIRE_LOG_HPP
#define VOICEWIRE_LOG_HPP

#include "basics.hpp"

VOICEWIRE_BEGIN

enum class log_level : vw_log_level {
    off = VW_LOG_OFF,
    error = VW_LOG_ERROR,
    warn = VW_LOG_WARN,
    info = VW_LOG_INFO,
    debug = VW_LOG_DEBUG,
};

namespace detail {

struct log_receiver {
    virtual ~log_receiver() = default;
};

template <class F> struct log_function final : log_receiver {
    explicit log_function(F given) : function(std::move(given)) {}

    static void receive(vw_log_level level, const char *message, void *self) noexcept {
        // A program does not end because its log cannot be written.
        carrier dropped;
        dropped.call([&] {
            static_cast<log_function *>(self)->function(static_cast<log_level>(level), std::string_view(message));
        });
    }

    F function;
};

/// The function that gets the log now.
struct log_place {
    std::mutex mutex;
    std::unique_ptr<log_receiver> receiver;

    static log_place &the() {
        // Never destroyed: threads may log while the program ends.
        static log_place *place = new log_place;
        return *place;
    }
};

inline outcome<void> change_log(log_level level, vw_log_fn callback, void *user_data, std::unique_ptr<log_receiver> next) {
    if (callback_depth() > 0)
        VOICEWIRE_FAIL(error(status::invalid_argument, "called inside a callback; expected a call from outside", "callback"));
    log_place &place = log_place::the();
    const std::lock_guard<std::mutex> lock(place.mutex);
    if (vw_set_log(static_cast<vw_log_level>(level), callback, user_data) != VW_OK) VOICEWIRE_FAIL(error::last());
    // The one before is not running and will not be called again.
    place.receiver = std::move(next);
    return outcome<void>();
}

} // namespace detail

/// Sends the log, up to level, to on_line(log_level, std::string_view), in place of wherever it went. It is called on
/// whatever thread does the work, on several at once if several work. Not for callbacks of this library.
template <class F> outcome<void> set_log(log_level level, F on_line) {
    auto receiver = std::make_unique<detail::log_function<F>>(std::move(on_line));
    void *self = receiver.get();
    return detail::change_log(level, detail::log_function<F>::receive, self, std::move(receiver));
}

/// Turns the log off, which it is to begin with.
inline outcome<void> stop_log() { return detail::change_log(log_level::off, nullptr, nullptr, nullptr); }

VOICEWIRE_END

#endif
