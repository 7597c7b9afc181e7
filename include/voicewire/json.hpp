// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON values: what services answer, and what they are sent. Included by voicewire.hpp.
#ifndef VOICEWIRE_JSON_HPP
#define VOICEWIRE_JSON_HPP

#include "basics.hpp"

#include <cmath>
#include <limits>

VOICEWIRE_BEGIN

/// What a place in a JSON value holds.
enum class json_type : vw_json_type {
    absent = VW_JSON_ABSENT,
    null = VW_JSON_NULL,
    boolean = VW_JSON_BOOL,
    number = VW_JSON_NUMBER,
    text = VW_JSON_TEXT,
    array = VW_JSON_ARRAY,
    object = VW_JSON_OBJECT,
};

/// A JSON value. Places in it are named by JSON pointers (RFC 6901), such as "/list/0/name"; "" is the whole. What is not
/// there, or of another type, the getters tell by an empty optional.
///
/// Texts that they return are borrowed: valid until the value is set anew, moved from or destroyed. Any number of threads
/// may read it at once.
class json {
public:
    /// An empty object; parse("[]") makes an array.
    static outcome<json> create() { return detail::make<json, vw_json>(vw_json_new); }
    static outcome<json> parse(std::string_view text) {
        return detail::make<json, vw_json>([&](vw_json **out) { return vw_json_parse(text.data(), text.size(), out); });
    }

    explicit json(vw_json *raw) noexcept : handle_(raw) {}

    json_type type(std::string_view pointer = {}) const {
        return static_cast<json_type>(vw_json_type_of(get(), place_of(pointer).c_str()));
    }
    std::optional<std::string_view> text(std::string_view pointer = {}) const {
        return detail::text_or_nothing(vw_json_str(get(), place_of(pointer).c_str()));
    }
    std::optional<std::int64_t> integer(std::string_view pointer = {}) const {
        const std::string copy = place_of(pointer);
        // Nothing that is there is both.
        const std::int64_t found = vw_json_int(get(), copy.c_str(), 0);
        return found == 0 && vw_json_int(get(), copy.c_str(), 1) == 1 ? std::nullopt : std::optional<std::int64_t>(found);
    }
    std::optional<double> number(std::string_view pointer = {}) const {
        const double found =
            vw_json_number(get(), place_of(pointer).c_str(), std::numeric_limits<double>::quiet_NaN());
        return std::isnan(found) ? std::nullopt : std::optional<double>(found);
    }
    std::optional<bool> boolean(std::string_view pointer = {}) const {
        const vw_toggle found = vw_json_bool(get(), place_of(pointer).c_str());
        return found == VW_UNSET ? std::nullopt : std::optional<bool>(found == VW_ON);
    }
    /// How many there are in an array or object; 0 for anything else.
    std::size_t size(std::string_view pointer = {}) const { return vw_json_size(get(), place_of(pointer).c_str()); }
    /// The name of an object's member, by its place.
    std::optional<std::string_view> key(std::string_view pointer, std::size_t place) const {
        return detail::text_or_nothing(vw_json_key(get(), place_of(pointer).c_str(), place));
    }

    /// A copy of what is at a place.
    outcome<json> at(std::string_view pointer) const {
        const std::string copy = place_of(pointer);
        return detail::make<json, vw_json>([&](vw_json **out) { return vw_json_get(get(), copy.c_str(), out); });
    }
    /// As JSON, borrowed.
    outcome<std::string_view> dump(std::string_view pointer = {}) const {
        const char *written = nullptr;
        if (vw_json_text(get(), place_of(pointer).c_str(), &written) != VW_OK) VOICEWIRE_FAIL(error::last());
        return std::string_view(written);
    }

    /// Sets a place to a text, a number, a bool, nullptr or another value, which is copied.
    template <class T> outcome<void> set(std::string_view pointer, const T &value) {
        const std::string place(pointer);
        detail::texts texts;
        const char *c_place = texts(place, "pointer");
        // What getenv() says of a variable that is not set is no text.
        if constexpr (std::is_pointer_v<T>) {
            if (value == nullptr) return detail::done(vw_json_set_str(get(), c_place, nullptr));
        }
        if constexpr (std::is_convertible_v<const T &, std::string_view> && !std::is_null_pointer_v<T>) {
            const std::string copy{std::string_view(value)};
            const char *c_value = texts(copy, "value");
            if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
            return detail::done(vw_json_set_str(get(), c_place, c_value));
        } else {
            if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
            if constexpr (std::is_same_v<T, bool>) return detail::done(vw_json_set_bool(get(), c_place, value ? VW_ON : VW_OFF));
            else if constexpr (std::is_null_pointer_v<T>) return detail::done(vw_json_set_null(get(), c_place));
            else if constexpr (std::is_same_v<T, json>) return detail::done(vw_json_set_json(get(), c_place, value.get()));
            else if constexpr (std::is_integral_v<T>) {
                static_assert(std::is_signed_v<T> || sizeof(T) < sizeof(std::int64_t), "64 bits have a sign here");
                return detail::done(vw_json_set_int(get(), c_place, std::int64_t{value}));
            } else {
                static_assert(std::is_floating_point_v<T>, "a text, a number, a bool, nullptr or a json");
                return detail::done(vw_json_set_number(get(), c_place, static_cast<double>(value)));
            }
        }
    }

    vw_json *get() const noexcept { return handle_.get(); }

private:
    // With a NUL inside it is no place, and C must not cut it to one.
    static std::string place_of(std::string_view pointer) {
        return pointer.find('\0') == std::string_view::npos ? std::string(pointer) : std::string("no pointer");
    }

    detail::handle<vw_json, vw_json_free> handle_;
};

namespace detail {

/// A value that a C function answers with.
template <class Call> outcome<json> answer(Call &&call) {
    return make<json, vw_json>(std::forward<Call>(call));
}

} // namespace detail
VOICEWIRE_END

#endif
