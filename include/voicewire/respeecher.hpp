// SPDX-License-Identifier: MIT OR Apache-2.0
// Respeecher's marketplace. Included by voicewire.hpp.
#ifndef VOICEWIRE_RESPEECHER_HPP
#define VOICEWIRE_RESPEECHER_HPP

#include "service.hpp"

#include <vector>

VOICEWIRE_BEGIN
namespace respeecher {

/// A key, or an account's address and password.
struct config {
    /// Else, where there is no email either, the environment variable RESPEECHER_API_KEY.
    std::optional<std::string> api_key{};
    std::optional<std::string> email{};
    std::optional<std::string> password{};
    std::optional<bool> keep_password{};
    std::optional<std::string> base_url{};
    http_config http{};
};

/// One voice that an original is converted into.
struct conversion {
    /// Required.
    std::string voice_id;
    std::optional<std::string> narration_style_id{};
    std::optional<std::string> accent_id{};
    std::optional<double> semitones_correction{};
    std::optional<std::string> label{};
};

/// One original, which is a text, a file, bytes or a recording that is there, and the voices that it is converted into.
struct job {
    std::optional<std::string> text{};
    std::optional<std::string> text_language{};
    std::optional<std::string> file{};
    bytes data{};
    std::optional<std::string> data_name{};
    std::optional<std::string> recording_id{};
    std::optional<std::string> folder_id{};
    std::optional<std::string> project_id{};
    std::optional<std::string> place_name{};
    std::optional<std::string> label{};
    std::vector<conversion> conversions{};
    std::optional<std::string> calibration_id{};
    /// Where the files go. What is there stays: a new file of the same name gets a number. Required.
    std::string directory{};
    std::optional<milliseconds> polling_first{};
    std::optional<milliseconds> polling_longest{};
    std::optional<milliseconds> polling_limit{};
};

enum class stage : vw_respeecher_stage {
    preparing = VW_RESPEECHER_PREPARING,
    uploading = VW_RESPEECHER_UPLOADING,
    processing = VW_RESPEECHER_PROCESSING,
    ordering = VW_RESPEECHER_ORDERING,
    converting = VW_RESPEECHER_CONVERTING,
    downloading = VW_RESPEECHER_DOWNLOADING,
};

/// How far a job has come. What it refers to is valid until the callback returns.
struct progress {
    respeecher::stage stage;
    std::string_view stage_name;
    std::uint64_t done, total;
    /// What the job can be resumed with, once it is there.
    std::optional<std::string_view> recording_id;
    /// Of the present file, while downloading.
    std::uint64_t bytes;
};

/// A list of the service's, page by page: a range of json.
class list : public detail::paged_list<vw_respeecher_list, vw_respeecher_list_next, vw_respeecher_list_free> {
public:
    using paged_list::paged_list;

    /// How many come before the next item: where another list goes on after a failure.
    outcome<std::uint64_t> offset() const {
        std::uint64_t before = 0;
        if (vw_respeecher_list_offset(get(), &before) != VW_OK) VOICEWIRE_FAIL(error::last());
        return before;
    }
};

/// A client of Respeecher's marketplace: one account. Callbacks come on the thread that makes the call, and what they throw
/// comes out of it.
class client {
public:
    static outcome<client> create(const config &config = {}) {
        detail::texts texts;
        vw_respeecher_config c;
        (void)vw_respeecher_config_init(&c);
        const vw_http_config http = config.http.to_c(texts);
        texts.set(c.api_key, config.api_key, "api_key");
        texts.set(c.email, config.email, "email");
        texts.set(c.password, config.password, "password");
        detail::set(c.keep_password, config.keep_password);
        texts.set(c.base_url, config.base_url, "base_url");
        c.http = &http;
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<client, vw_respeecher_client>(
            [&](vw_respeecher_client **out) { return vw_respeecher_client_new(&c, out); });
    }

    explicit client(vw_respeecher_client *raw) noexcept : handle_(raw) {}

    /// The calls of the service, by number from 0; nothing beyond the last.
    static std::optional<voicewire::endpoint> endpoint(std::size_t place) noexcept {
        const vw_endpoint *c = vw_respeecher_endpoint(place);
        return c == nullptr ? std::nullopt : std::optional<voicewire::endpoint>(c);
    }

    /// Makes one call of the service, by its name; parameters may be nullptr.
    outcome<json> call(std::string_view name, const json *parameters = nullptr, const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) {
            return vw_respeecher_call(get(), c_name, detail::raw(parameters), detail::raw(cancel), out);
        });
    }
    /// Opens the list of a call that answers with pages.
    outcome<respeecher::list> list(std::string_view name, const json *parameters = nullptr,
                                   const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<respeecher::list, vw_respeecher_list>([&](vw_respeecher_list **out) {
            return vw_respeecher_list_open(get(), c_name, detail::raw(parameters), detail::raw(cancel), out);
        });
    }
    /// Signs in now; what the service says about the account.
    outcome<json> login(const cancel_token *cancel = nullptr) const {
        return detail::answer([&](vw_json **out) { return vw_respeecher_login(get(), detail::raw(cancel), out); });
    }
    outcome<void> logout(const cancel_token *cancel = nullptr) const {
        return detail::done(vw_respeecher_logout(get(), detail::raw(cancel)));
    }

    /// Makes a call that uploads. on_progress(const transfer &) is told how far it has come.
    template <class OnProgress = detail::nobody>
    outcome<json> upload(std::string_view name, const json *parameters, const voicewire::upload &audio,
                         OnProgress &&on_progress = {}, const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        const vw_upload c = audio.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer_with<detail::transfer_callback<OnProgress>>(
            on_progress, [&](vw_transfer_fn function, void *user_data, vw_json **out) {
                return vw_respeecher_upload(get(), c_name, detail::raw(parameters), &c, function, user_data,
                                            detail::raw(cancel), out);
            });
    }
    /// Makes a call whose answer is a file: an object with its "path" and "bytes".
    template <class OnProgress = detail::nobody>
    outcome<json> download(std::string_view name, const json *parameters, const save_to &to, OnProgress &&on_progress = {},
                           const cancel_token *cancel = nullptr) const {
        const std::string copy(name);
        detail::texts texts;
        const char *c_name = texts(copy, "name");
        const vw_save_to c = to.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer_with<detail::transfer_callback<OnProgress>>(
            on_progress, [&](vw_transfer_fn function, void *user_data, vw_json **out) {
                return vw_respeecher_download(get(), c_name, detail::raw(parameters), &c, function, user_data,
                                              detail::raw(cancel), out);
            });
    }
    /// Downloads what a "url" in an answer leads to.
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
                return vw_respeecher_download_url(get(), c_url, &c, function, user_data, detail::raw(cancel), out);
            });
    }

    /// Text or audio in, finished files out. on_progress(const progress &) is told how far it has come.
    ///
    /// Of a job that fails so_far, unless it is nullptr, gets what has come of it all the same: the files that there are,
    /// and what it can be resumed with.
    template <class OnProgress = detail::nobody>
    outcome<json> convert(const job &job, OnProgress &&on_progress = {}, const cancel_token *cancel = nullptr,
                          std::optional<json> *so_far = nullptr) const {
        struct to_progress {
            progress operator()(const vw_respeecher_progress *c) const noexcept {
                return {static_cast<stage>(c->stage), c->stage_name, c->done, c->total,
                        detail::text_or_nothing(c->recording_id), c->bytes};
            }
        };
        using callback = detail::stack_callback<OnProgress, to_progress, const vw_respeecher_progress *>;
        detail::texts texts;
        std::vector<vw_respeecher_conversion> conversions;
        const vw_respeecher_job c = to_c(job, conversions, texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        callback told(on_progress);
        vw_json *raw = nullptr;
        const vw_status code =
            vw_respeecher_convert(get(), &c, callback::function(), &told, detail::raw(cancel), &raw);
        json come_of_it(raw);
        if (code != VW_OK && raw != nullptr && so_far != nullptr) so_far->emplace(std::move(come_of_it));
        told.rethrow();
        if (code != VW_OK) VOICEWIRE_FAIL(error::last());
        return come_of_it;
    }

    vw_respeecher_client *get() const noexcept { return handle_.get(); }

private:
    static vw_respeecher_job to_c(const job &job, std::vector<vw_respeecher_conversion> &conversions, detail::texts &texts) {
        for (const conversion &wanted : job.conversions) {
            vw_respeecher_conversion &c = conversions.emplace_back();
            (void)vw_respeecher_conversion_init(&c);
            c.voice_id = texts(wanted.voice_id, "voice_id");
            texts.set(c.narration_style_id, wanted.narration_style_id, "narration_style_id");
            texts.set(c.accent_id, wanted.accent_id, "accent_id");
            detail::set(c.semitones_correction, wanted.semitones_correction);
            texts.set(c.label, wanted.label, "label");
        }
        vw_respeecher_job c;
        (void)vw_respeecher_job_init(&c);
        texts.set(c.text, job.text, "text");
        texts.set(c.text_language, job.text_language, "text_language");
        texts.set(c.file, job.file, "file");
        c.data = job.data.data();
        c.size = job.data.size();
        texts.set(c.data_name, job.data_name, "data_name");
        texts.set(c.recording_id, job.recording_id, "recording_id");
        texts.set(c.folder_id, job.folder_id, "folder_id");
        texts.set(c.project_id, job.project_id, "project_id");
        texts.set(c.place_name, job.place_name, "place_name");
        texts.set(c.label, job.label, "label");
        c.conversions = conversions.data();
        c.conversion_count = conversions.size();
        texts.set(c.calibration_id, job.calibration_id, "calibration_id");
        c.directory = texts(job.directory, "directory");
        detail::set(c.polling_first_ms, job.polling_first);
        detail::set(c.polling_longest_ms, job.polling_longest);
        detail::set(c.polling_limit_ms, job.polling_limit);
        return c;
    }

    detail::handle<vw_respeecher_client, vw_respeecher_client_free> handle_;
};

} // namespace respeecher
VOICEWIRE_END

#endif
