// SPDX-License-Identifier: MIT OR Apache-2.0
// What everything else is made of: views, tokens, and in namespace detail the way to C and back. Included by voicewire.hpp.
#ifndef VOICEWIRE_BASICS_HPP
#define VOICEWIRE_BASICS_HPP

#include "error.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <type_traits>
#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#if defined(__cpp_lib_ranges)
#include <ranges>
#endif

VOICEWIRE_BEGIN

/// Waits without end.
inline constexpr milliseconds no_timeout = (milliseconds::max)();

/// Somebody else's elements: a pointer and how many. Made of anything contiguous.
template <class T> class view {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using iterator = T *;

    constexpr view() noexcept = default;
    constexpr view(T *first, std::size_t count) noexcept : data_(first), size_(count) {}
    template <std::size_t N> constexpr view(T (&array)[N]) noexcept : data_(array), size_(N) {}
    template <class C, class = std::enable_if_t<std::is_convertible_v<decltype(std::data(std::declval<C &>())), T *> &&
                                                !std::is_same_v<std::decay_t<C>, view> && !std::is_array_v<C>>>
    constexpr view(C &&elements) noexcept : data_(std::data(elements)), size_(std::size(elements)) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t place) const noexcept { return data_[place]; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

using bytes = view<const std::uint8_t>;

/// What a callback that gets chunks wants next.
enum class flow : std::int32_t {
    go_on = VW_CONTINUE,
    /// The call, line or turn is over: status::cancelled, unless this was the last chunk.
    stop = VW_STOP,
    /// No chunk until resume(). Lines and turns only; a call stops.
    pause = VW_PAUSE,
};

namespace detail {

/// Waits of C are 32 bits of milliseconds, the largest number being without end.
inline std::uint32_t wait(milliseconds time) noexcept {
    if (time == no_timeout) return VW_NO_TIMEOUT;
    if (time.count() < 0) return 0;
    constexpr auto most = VW_NO_TIMEOUT - 1;
    return time.count() > static_cast<milliseconds::rep>(most) ? most : static_cast<std::uint32_t>(time.count());
}

inline void set(std::uint32_t &place, const std::optional<milliseconds> &time) noexcept {
    if (time) place = wait(*time);
}

inline void set(double &place, const std::optional<fractional_seconds> &time) noexcept {
    if (time) place = time->count();
}

inline void set(std::int32_t &place, const std::optional<bool> &toggle) noexcept {
    if (toggle) place = *toggle ? VW_ON : VW_OFF;
}

template <class T, class U> void set(T &place, const std::optional<U> &value) noexcept {
    if (value) place = static_cast<T>(*value);
}

/// The C handle of what may be NULL.
template <class H> auto raw(const H *object) noexcept { return object == nullptr ? nullptr : object->get(); }

inline std::string optional_text(const char *text) { return text == nullptr ? std::string() : std::string(text); }

inline std::optional<std::string_view> text_or_nothing(const char *text) noexcept {
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(text);
}

/// Turns texts into C's, and finds those with a NUL inside, which C would cut.
class texts {
public:
    const char *operator()(const std::string &text, const char *field) noexcept {
        if (text.find('\0') != std::string::npos && field_ == nullptr) field_ = field;
        return text.c_str();
    }

    void set(const char *&place, const std::optional<std::string> &text, const char *field) noexcept {
        if (text) place = (*this)(*text, field);
    }

    bool are_good() const noexcept { return field_ == nullptr; }
    error why() const { return {status::invalid_argument, "a text with a NUL inside; expected one without", field_}; }

private:
    const char *field_ = nullptr;
};

/// Success or this thread's last error, as a status tells.
inline outcome<void> done(vw_status code) {
    if (code != VW_OK) VOICEWIRE_FAIL(error::last());
    return outcome<void>();
}

/// A value, if a status tells so.
template <class T> outcome<std::decay_t<T>> given(vw_status code, T &&value) {
    if (code != VW_OK) VOICEWIRE_FAIL(error::last());
    return std::forward<T>(value);
}

/// A handle of C, freed when it goes.
template <class C, vw_status (*Free)(C *)> class handle {
public:
    handle() noexcept = default;
    explicit handle(C *raw) noexcept : raw_(raw) {}
    handle(handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    handle &operator=(handle &&other) noexcept {
        if (this != &other) {
            (void)free();
            raw_ = std::exchange(other.raw_, nullptr);
        }
        return *this;
    }
    ~handle() { (void)free(); }

    C *get() const noexcept { return raw_; }
    vw_status free() noexcept { return Free(std::exchange(raw_, nullptr)); }

private:
    C *raw_ = nullptr;
};

/// An object around the handle that a C function makes.
template <class Object, class C, class Make> outcome<Object> make(Make &&function) {
    C *raw = nullptr;
    if (function(&raw) != VW_OK) VOICEWIRE_FAIL(error::last());
    return Object(raw);
}

/// How deep this thread is in callbacks: what would wait for another callback there would wait for itself.
inline int &callback_depth() noexcept {
    static thread_local int depth = 0;
    return depth;
}

/// Keeps the first exception of callbacks until somebody can have it.
class carrier {
public:
    /// Makes a callback; whether it returned.
    template <class F> bool call(F &&function) noexcept {
        struct depth {
            depth() noexcept { ++callback_depth(); }
            ~depth() { --callback_depth(); }
        } here;
#if defined(VOICEWIRE_NO_EXCEPTIONS)
        function();
        return true;
#else
        try {
            function();
            return true;
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (first_ == nullptr) first_ = std::current_exception();
            return false;
        }
#endif
    }

    /// Throws what was kept, once.
    void rethrow() {
#if !defined(VOICEWIRE_NO_EXCEPTIONS)
        std::unique_lock<std::mutex> lock(mutex_);
        const std::exception_ptr kept = std::exchange(first_, nullptr);
        lock.unlock();
        if (kept != nullptr) std::rethrow_exception(kept);
#endif
    }

private:
#if !defined(VOICEWIRE_NO_EXCEPTIONS)
    std::mutex mutex_;
    std::exception_ptr first_;
#endif
};

/// A callback that nobody wants.
struct nobody {};

/// Calls what may return a flow or nothing. What it gets is const and has a name, so that it may take an auto &.
template <class F, class... A> flow flow_of(F &function, const A &...arguments) {
    using R = std::invoke_result_t<F &, const A &...>;
    static_assert(std::is_void_v<R> || std::is_same_v<R, flow>, "such a callback returns nothing, or a voicewire::flow");
    if constexpr (std::is_void_v<R>) {
        function(arguments...);
        return flow::go_on;
    } else {
        return function(arguments...);
    }
}

} // namespace detail

/// Stops calls from outside of them: from another thread, a user interface.
class cancel_token {
public:
    static outcome<cancel_token> create() { return detail::make<cancel_token, vw_cancel>(vw_cancel_new); }

    explicit cancel_token(vw_cancel *raw) noexcept : handle_(raw) {}
    /// Ends every call that has this token, now and in future. Does not wait for them.
    outcome<void> cancel() const { return detail::done(vw_cancel_now(get())); }
    vw_cancel *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_cancel, vw_cancel_free> handle_;
};

VOICEWIRE_END

#if defined(__cpp_lib_ranges)
template <class T> inline constexpr bool std::ranges::enable_borrowed_range<voicewire::view<T>> = true;
#endif

#endif
