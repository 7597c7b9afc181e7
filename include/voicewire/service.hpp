// SPDX-License-Identifier: MIT OR Apache-2.0
// What the services over HTTP have in common. Included by voicewire.hpp.
#ifndef VOICEWIRE_SERVICE_HPP
#define VOICEWIRE_SERVICE_HPP

#include "json.hpp"

VOICEWIRE_BEGIN

/// How a client speaks HTTP.
struct http_config {
    std::optional<milliseconds> connect_timeout{};
    std::optional<milliseconds> rest_timeout{};
    std::optional<milliseconds> idle_timeout{};
    std::optional<bool> allow_plaintext{};
    std::optional<std::string> ca_pem{};
    std::optional<std::size_t> max_message_bytes{};
    /// "" is none, whatever the environment says.
    std::optional<std::string> proxy{};
    std::optional<std::int32_t> retries{};
    std::optional<milliseconds> retry_first_delay{};
    std::optional<milliseconds> retry_max_delay{};

    /// Its texts are this struct's.
    vw_http_config to_c(detail::texts &texts) const noexcept {
        vw_http_config c;
        (void)vw_http_config_init(&c);
        detail::set(c.connect_timeout_ms, connect_timeout);
        detail::set(c.rest_timeout_ms, rest_timeout);
        detail::set(c.idle_timeout_ms, idle_timeout);
        detail::set(c.allow_plaintext, allow_plaintext);
        texts.set(c.ca_pem, ca_pem, "ca_pem");
        detail::set(c.max_message_bytes, max_message_bytes);
        texts.set(c.proxy, proxy, "proxy");
        detail::set(c.retries, retries);
        detail::set(c.retry_first_delay_ms, retry_first_delay);
        detail::set(c.retry_max_delay_ms, retry_max_delay);
        return c;
    }
};

/// Audio to be uploaded: a file, or bytes and what they would be called.
struct upload {
    std::optional<std::string> path{};
    bytes data{};
    std::optional<std::string> name{};

    /// Its texts are this struct's.
    vw_upload to_c(detail::texts &texts) const noexcept {
        vw_upload c;
        (void)vw_upload_init(&c);
        texts.set(c.path, path, "path");
        c.data = data.data();
        c.size = data.size();
        texts.set(c.name, name, "name");
        return c;
    }
};

/// Where a download goes: a file, or a directory in which it has the name that the service gives. One of them.
struct save_to {
    std::optional<std::string> file{};
    std::optional<std::string> directory{};

    /// Its texts are this struct's.
    vw_save_to to_c(detail::texts &texts) const noexcept {
        vw_save_to c;
        (void)vw_save_to_init(&c);
        texts.set(c.file, file, "file");
        texts.set(c.directory, directory, "directory");
        return c;
    }
};

/// One call of a service; what it tells lives for ever.
class endpoint {
public:
    explicit endpoint(const vw_endpoint *c) noexcept : c_(c) {}

    std::string_view name() const noexcept { return c_->name; }
    std::string_view method() const noexcept { return c_->method; }
    /// With its parameters in braces.
    std::string_view path() const noexcept { return c_->path; }
    /// With commas between them, as in optional().
    std::string_view required() const noexcept { return c_->required; }
    std::string_view optional() const noexcept { return c_->optional; }
    bool uploads() const noexcept { return c_->uploads != 0; }
    bool downloads() const noexcept { return c_->downloads != 0; }
    bool pages() const noexcept { return c_->pages != 0; }
    bool deprecated() const noexcept { return c_->deprecated != 0; }
    bool repeatable() const noexcept { return c_->repeatable != 0; }

private:
    const vw_endpoint *c_;
};

/// How far an upload or a download has come, in bytes.
struct transfer {
    std::int64_t done;
    /// Nothing when nobody said.
    std::optional<std::int64_t> total;
};

namespace detail {

/// A callback of a call that is being made, on the caller's stack: C's function for it, its user_data, and what it threw.
/// Convert(c…) makes what it gets of what C gives.
template <class F, class Convert, class... C> class stack_callback {
public:
    explicit stack_callback(F &function) noexcept : function_(function) {}

    using c_function = std::int32_t (*)(C..., void *);
    static constexpr c_function function() noexcept {
        if constexpr (std::is_same_v<std::decay_t<F>, nobody>) return nullptr;
        else return receive;
    }
    void rethrow() { thrown_.rethrow(); }

private:
    static std::int32_t receive(C... c, void *user_data) noexcept {
        auto &self = *static_cast<stack_callback *>(user_data);
        flow next = flow::stop;
        self.thrown_.call([&] { next = flow_of(self.function_, Convert()(c...)); });
        return static_cast<std::int32_t>(next);
    }

    F &function_;
    carrier thrown_;
};

struct to_transfer {
    transfer operator()(std::int64_t done, std::int64_t total) const noexcept {
        return {done, total < 0 ? std::nullopt : std::optional<std::int64_t>(total)};
    }
};

template <class F> using transfer_callback = stack_callback<F, to_transfer, std::int64_t, std::int64_t>;

/// Makes a call with a callback: call(function, user_data, &answer).
template <class Callback, class F, class Call> outcome<json> answer_with(F &function, Call &&call) {
    Callback callback(function);
    vw_json *raw = nullptr;
    const vw_status code = call(Callback::function(), &callback, &raw);
    json answered(raw);
    callback.rethrow();
    if (code != VW_OK) VOICEWIRE_FAIL(error::last());
    return answered;
}

/// A list that is fetched page by page, as it is asked for: for (const json &item : list). To be gone through once.
///
/// A failure comes out of the loop as an exception. Without exceptions the loop ends; ask next() instead.
template <class C, vw_status (*Next)(const C *, vw_json **), vw_status (*Free)(C *)> class paged_list {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = json;
        using difference_type = std::ptrdiff_t;
        using pointer = const json *;
        using reference = const json &;

        iterator() noexcept = default;
        explicit iterator(const paged_list *from) noexcept : from_(from) {}
        const json &operator*() const noexcept { return from_->current_; }
        const json *operator->() const noexcept { return &from_->current_; }
        iterator &operator++() {
            from_->advance();
            return *this;
        }
        void operator++(int) { from_->advance(); }
        bool operator==(const iterator &other) const noexcept { return is_over() == other.is_over(); }
        bool operator!=(const iterator &other) const noexcept { return !(*this == other); }

    private:
        bool is_over() const noexcept { return from_ == nullptr || from_->current_.get() == nullptr; }

        const paged_list *from_ = nullptr;
    };

    explicit paged_list(C *raw) noexcept : handle_(raw) {}

    iterator begin() const {
        advance();
        return iterator(this);
    }
    iterator end() const noexcept { return iterator(nullptr); }

    /// The next item, or nothing after the last.
    outcome<std::optional<json>> next() const {
        vw_json *item = nullptr;
        if (Next(get(), &item) != VW_OK) VOICEWIRE_FAIL(error::last());
        std::optional<json> found;
        if (item != nullptr) found.emplace(item);
        return found;
    }

    C *get() const noexcept { return handle_.get(); }

private:
    void advance() const {
        vw_json *item = nullptr;
        const vw_status code = Next(get(), &item);
        current_ = json(item);
#if defined(VOICEWIRE_NO_EXCEPTIONS)
        (void)code;
#else
        if (code != VW_OK) throw error::last();
#endif
    }

    handle<C, Free> handle_;
    mutable json current_{nullptr};
};

} // namespace detail
VOICEWIRE_END

#endif
