// SPDX-License-Identifier: MIT OR Apache-2.0
// How calls fail: status, error, result, outcome. Included by voicewire.hpp.
#ifndef VOICEWIRE_ERROR_HPP
#define VOICEWIRE_ERROR_HPP

#include "../voicewire.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#if !defined(VOICEWIRE_NO_EXCEPTIONS) && !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#define VOICEWIRE_NO_EXCEPTIONS
#endif

// The same names mean other functions with exceptions and without: they must not be taken for each other where both are
// linked into one program.
#if defined(VOICEWIRE_NO_EXCEPTIONS)
#define VOICEWIRE_BEGIN namespace voicewire { inline namespace returning {
#define VOICEWIRE_FAIL(why) return (why)
#else
#define VOICEWIRE_BEGIN namespace voicewire { inline namespace throwing {
#define VOICEWIRE_FAIL(why) throw(why)
#endif
#define VOICEWIRE_END }}

VOICEWIRE_BEGIN

using std::chrono::milliseconds;
using fractional_milliseconds = std::chrono::duration<double, std::milli>;
using fractional_seconds = std::chrono::duration<double>;

/// How a call ended. New ones may be added.
enum class status : std::int32_t {
    ok = VW_OK,
    invalid_argument = VW_ERR_INVALID_ARGUMENT,
    unauthorized = VW_ERR_UNAUTHORIZED,
    rate_limited = VW_ERR_RATE_LIMITED,
    quota_exceeded = VW_ERR_QUOTA_EXCEEDED,
    insufficient_credits = VW_ERR_INSUFFICIENT_CREDITS,
    rejected_input = VW_ERR_REJECTED_INPUT,
    not_found = VW_ERR_NOT_FOUND,
    network = VW_ERR_NETWORK,
    tls = VW_ERR_TLS,
    timeout = VW_ERR_TIMEOUT,
    closed = VW_ERR_CLOSED,
    protocol = VW_ERR_PROTOCOL,
    server = VW_ERR_SERVER,
    cancelled = VW_ERR_CANCELLED,
    file = VW_ERR_FILE,
    internal = VW_ERR_INTERNAL,
    buffer_full = VW_ERR_BUFFER_FULL,
    bad_audio = VW_ERR_BAD_AUDIO,
    outbox_full = VW_ERR_OUTBOX_FULL,
    locked = VW_ERR_LOCKED,
};

/// "VW_ERR_TIMEOUT" and the like; lives for ever.
inline const char *name(status value) noexcept { return vw_status_name(static_cast<std::int32_t>(value)); }
/// What it means, in a few words; lives for ever.
inline const char *text(status value) noexcept { return vw_status_text(static_cast<std::int32_t>(value)); }

/// A service's own account of an error (RFC 9457), as Palabra gives it.
struct problem {
    /// URIs: of the kind of problem, and of this occurrence, for the vendor's support.
    std::optional<std::string> type, instance;
    /// The kind in a few words, and what happened this time.
    std::optional<std::string> title, detail;
    std::optional<std::int64_t> error_code;
};

/// What is known about an error. No text in it ever contains a key. Copies share it.
class error : public std::exception {
public:
    /// Copies what C tells.
    explicit error(const vw_error &told) : details_(std::make_shared<const details>(told)) {}

    /// For what is found out on this side of the border.
    error(voicewire::status value, std::string_view message, std::string_view field)
        : details_(std::make_shared<const details>(value, message, field)) {}

    // Shared, never given away: one that has been moved from still tells what it told.
    error(const error &) noexcept = default;
    error &operator=(const error &) noexcept = default;

    /// The last call's on this thread that failed.
    static error last() { return error(*vw_last_error()); }

    voicewire::status status() const noexcept { return details_->status; }
    /// One line with everything in it.
    const char *what() const noexcept override { return details_->description.c_str(); }
    /// What happened, in words; the service's own where it gave any.
    const std::string &message() const noexcept { return details_->message; }
    /// What is concerned: a parameter, a setting, a kind of handle.
    const std::optional<std::string> &field() const noexcept { return details_->field; }
    /// The address concerned, without its query.
    const std::optional<std::string> &url() const noexcept { return details_->url; }
    /// The service's own name for the error.
    const std::optional<std::string> &vendor_type() const noexcept { return details_->vendor_type; }
    const std::optional<std::string> &generation_id() const noexcept { return details_->generation_id; }
    /// 0 when there was no answer.
    int http_status() const noexcept { return details_->http_status; }
    /// How long the service asked to wait before the next try.
    std::optional<fractional_seconds> retry_after() const noexcept { return details_->retry_after; }
    /// Chunks with audio that had been delivered before; they stay good.
    std::uint64_t chunks_received() const noexcept { return details_->chunks_received; }
    std::uint64_t bytes_received() const noexcept { return details_->bytes_received; }
    /// How often a REST call was tried, or the line of a session asked for.
    std::uint32_t attempts() const noexcept { return details_->attempts; }
    /// Where in the stream the audio is broken.
    std::optional<std::int64_t> audio_byte() const noexcept { return details_->audio_byte; }
    /// Good audio before that.
    std::optional<fractional_seconds> audio_position() const noexcept { return details_->audio_position; }
    /// The voice that stays with the service although making it failed.
    const std::optional<std::string> &voice_id() const noexcept { return details_->voice_id; }
    /// Nothing when the service gave none.
    const std::optional<voicewire::problem> &problem() const noexcept { return details_->problem; }

private:
    struct details {
        explicit details(const vw_error &told)
            : status(static_cast<voicewire::status>(told.status)), description(told.description), message(told.message),
              field(optional(told.field)), url(optional(told.url)), vendor_type(optional(told.vendor_type)),
              generation_id(optional(told.generation_id)), voice_id(optional(told.voice_id)), http_status(told.http_status),
              chunks_received(told.chunks_received), bytes_received(told.bytes_received), attempts(told.attempts) {
            if (told.retry_after_seconds >= 0) retry_after = fractional_seconds(told.retry_after_seconds);
            if (told.audio_byte >= 0) audio_byte = told.audio_byte;
            if (told.audio_seconds >= 0) audio_position = fractional_seconds(told.audio_seconds);
            voicewire::problem account{optional(told.problem_type), optional(told.problem_instance),
                                       optional(told.problem_title), optional(told.problem_detail), std::nullopt};
            if (told.problem_error_code != (std::numeric_limits<std::int64_t>::min)())
                account.error_code = told.problem_error_code;
            if (account.type || account.instance || account.title || account.detail || account.error_code)
                problem = std::move(account);
        }

        details(voicewire::status value, std::string_view what, std::string_view which)
            : status(value), description(std::string(which) + ": " + std::string(what)), message(what),
              field(std::string(which)) {}

        static std::optional<std::string> optional(const char *told) {
            return told == nullptr ? std::nullopt : std::optional<std::string>(told);
        }

        voicewire::status status;
        std::string description, message;
        std::optional<std::string> field, url, vendor_type, generation_id, voice_id;
        int http_status = 0;
        std::optional<fractional_seconds> retry_after;
        std::uint64_t chunks_received = 0, bytes_received = 0;
        std::uint32_t attempts = 0;
        std::optional<std::int64_t> audio_byte;
        std::optional<fractional_seconds> audio_position;
        std::optional<voicewire::problem> problem;
    };

    std::shared_ptr<const details> details_;
};

/// A value, or why there is none. Using the value of one that has none ends the program.
template <class T> class [[nodiscard]] result {
public:
    result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
    result(voicewire::error why) : either_(std::in_place_index<1>, std::move(why)) {}

    bool has_value() const noexcept { return either_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    T &value() & noexcept { return *checked(std::get_if<0>(&either_)); }
    const T &value() const & noexcept { return *checked(std::get_if<0>(&either_)); }
    T &&value() && noexcept { return std::move(*checked(std::get_if<0>(&either_))); }
    T &operator*() & noexcept { return value(); }
    const T &operator*() const & noexcept { return value(); }
    T &&operator*() && noexcept { return std::move(*this).value(); }
    T *operator->() noexcept { return &value(); }
    const T *operator->() const noexcept { return &value(); }
    const voicewire::error &error() const noexcept { return *checked(std::get_if<1>(&either_)); }

private:
    template <class P> static P *checked(P *pointer) noexcept {
        if (pointer == nullptr) std::abort();
        return pointer;
    }

    std::variant<T, voicewire::error> either_;
};

/// Success, or why it failed.
template <> class [[nodiscard]] result<void> {
public:
    result() = default;
    result(voicewire::error why) : why_(std::move(why)) {}

    bool has_value() const noexcept { return !why_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const noexcept {
        if (why_) std::abort();
    }
    const voicewire::error &error() const noexcept {
        if (!why_) std::abort();
        return *why_;
    }

private:
    std::optional<voicewire::error> why_;
};

#if defined(VOICEWIRE_NO_EXCEPTIONS)
template <class T> using outcome = result<T>;
#else
template <class T> using outcome = T;
#endif

/// This library's version, such as "0.1.0"; lives for ever.
inline const char *version() noexcept { return vw_version(); }

VOICEWIRE_END

#endif
