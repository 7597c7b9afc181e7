// SPDX-License-Identifier: MIT OR Apache-2.0
// Palabra's cloned voices. Included by voicewire.hpp.
#ifndef VOICEWIRE_PALABRA_HPP
#define VOICEWIRE_PALABRA_HPP

#include "service.hpp"

VOICEWIRE_BEGIN
namespace palabra {

/// A key, or a client's id and secret.
struct config {
    /// Else, where there is no client_id either, the environment variable PALABRA_API_KEY.
    std::optional<std::string> api_key{};
    std::optional<std::string> client_id{};
    std::optional<std::string> client_secret{};
    std::optional<std::string> base_url{};
    http_config http{};
};

/// How something that passes is waited for.
struct waiting {
    std::optional<milliseconds> first{};
    std::optional<milliseconds> longest{};
    std::optional<milliseconds> limit{};

    vw_palabra_waiting to_c() const noexcept {
        vw_palabra_waiting c;
        (void)vw_palabra_waiting_init(&c);
        detail::set(c.first_ms, first);
        detail::set(c.longest_ms, longest);
        detail::set(c.limit_ms, limit);
        return c;
    }
};

/// A voice to be cloned.
struct new_voice {
    /// Required, as is the recording, a file.
    std::string name;
    std::string recording;
    std::optional<std::string> description{};
    /// The account's own words about it: an object.
    const json *labels = nullptr;
    std::optional<std::string> language{};
    std::optional<bool> denoise{};
    std::optional<bool> speech_normalization{};
    /// What else the service is to know, by its own names: an object.
    const json *extra = nullptr;
    palabra::waiting waiting{};
};

enum class clone_stage : vw_palabra_clone_stage {
    uploading = VW_PALABRA_CLONE_UPLOADING,
    processing = VW_PALABRA_CLONE_PROCESSING,
};

/// How far a clone has come. What it refers to is valid until the callback returns.
struct clone_progress {
    clone_stage stage;
    std::uint64_t done, total;
    std::optional<std::string_view> voice_id;
};

/// A list of the service's, page by page: a range of json.
using list = detail::paged_list<vw_palabra_list, vw_palabra_list_next, vw_palabra_list_free>;

/// A client of Palabra: one account. Callbacks come on the thread that makes the call, and what they throw comes out of it.
class client {
public:
    static outcome<client> create(const config &config = {}) {
        detail::texts texts;
        vw_palabra_config c;
        (void)vw_palabra_config_init(&c);
        const vw_http_config http = config.http.to_c(texts);
        texts.set(c.api_key, config.api_key, "api_key");
        texts.set(c.client_id, config.client_id, "client_id");
        texts.set(c.client_secret, config.client_secret, "client_secret");
        texts.set(c.base_url, config.base_url, "base_url");
        c.http = &http;
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<client, vw_palabra_client>(
            [&](vw_palabra_client **out) { return vw_palabra_client_new(&c, out); });
    }

    explicit client(vw_palabra_client *raw) noexcept : handle_(raw) {}

    /// The calls of the service, by number from 0; nothing beyond the last.
    static std::optional<voicewire::endpoint> endpoint(std::size_t place) noexcept {
        const vw_endpoint *c = vw_palabra_endpoint(place);
        return c == nullptr ? std::nullopt : std::optional<voicewire::endpoint>(c);
    }

    /// Makes one call of the service, by its name; parameters may be nullptr.
    outcome<json> call(std::string_view name, const json *parameters = nullptr, const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) {
            return vw_palabra_call(get(), c_name, detail::raw(parameters), detail::raw(cancel), out);
        });
    }
    /// Opens the list of a call that answers with pages.
    outcome<palabra::list> list(std::string_view name, const json *parameters = nullptr,
                                const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<palabra::list, vw_palabra_list>([&](vw_palabra_list **out) {
            return vw_palabra_list_open(get(), c_name, detail::raw(parameters), detail::raw(cancel), out);
        });
    }
    /// Replaces all samples of a voice by a fresh one; without waiting status::locked comes at once.
    outcome<json> regenerate_sample(std::string_view voice_id, std::string_view lang_code,
                                    const std::optional<waiting> &waiting = {}, const cancel_token *cancel = nullptr) const {
        const std::string voice(voice_id), language(lang_code);
        detail::texts texts;
        const char *c_voice = texts(voice, "voice_id"), *c_language = texts(language, "lang_code");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        const vw_palabra_waiting c = waiting ? waiting->to_c() : vw_palabra_waiting{};
        return detail::answer([&](vw_json **out) {
            return vw_palabra_regenerate_sample(get(), c_voice, c_language, waiting ? &c : nullptr, detail::raw(cancel), out);
        });
    }
    /// Downloads what a "url" in an answer leads to: an object with the file's "path" and "bytes". on_progress(const
    /// transfer &) is told how far it has come.
    template <class OnProgress = detail::nobody>
    outcome<json> download_url(std::string_view url, const save_to &to, OnProgress &&on_progress = {},
                               const cancel_token *cancel = nullptr) const {
        const std::string copy(url);
        detail::texts texts;
        const char *c_url = texts(copy, "url");
        const vw_save_to c = to.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer_with<detail::transfer_callback<OnProgress>>(
            on_progress, [&](vw_transfer_fn function, void *user_data, vw_json **out) {
                return vw_palabra_download_url(get(), c_url, &c, function, user_data, detail::raw(cancel), out);
            });
    }
    /// Makes a voice from a recording, and waits until it is ready. on_progress(const clone_progress &) is told how far it
    /// has come.
    template <class OnProgress = detail::nobody>
    outcome<json> clone(const new_voice &voice, OnProgress &&on_progress = {}, const cancel_token *cancel = nullptr) const {
        struct to_progress {
            clone_progress operator()(const vw_palabra_clone_progress *c) const noexcept {
                return {static_cast<clone_stage>(c->stage), c->done, c->total, detail::text_or_nothing(c->voice_id)};
            }
        };
        detail::texts texts;
        vw_palabra_new_voice c;
        (void)vw_palabra_new_voice_init(&c);
        const vw_palabra_waiting waiting = voice.waiting.to_c();
        c.name = texts(voice.name, "name");
        c.recording = texts(voice.recording, "recording");
        texts.set(c.description, voice.description, "description");
        c.labels = detail::raw(voice.labels);
        texts.set(c.language, voice.language, "language");
        detail::set(c.denoise, voice.denoise);
        detail::set(c.speech_normalization, voice.speech_normalization);
        c.extra = detail::raw(voice.extra);
        c.waiting = &waiting;
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer_with<detail::stack_callback<OnProgress, to_progress, const vw_palabra_clone_progress *>>(
            on_progress, [&](vw_palabra_clone_progress_fn function, void *user_data, vw_json **out) {
                return vw_palabra_clone(get(), &c, function, user_data, detail::raw(cancel), out);
            });
    }

    vw_palabra_client *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_palabra_client, vw_palabra_client_free> handle_;
};

} // namespace palabra
VOICEWIRE_END

#endif
