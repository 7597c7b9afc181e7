// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: the client. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_CLIENT_HPP
#define VOICEWIRE_DEEPDUB_CLIENT_HPP

#include "issues.hpp"
#include "session.hpp"
#include "text_session.hpp"
#include "voices.hpp"

#include <vector>

VOICEWIRE_BEGIN
namespace deepdub {

/// A client of Deepdub: one key, one set of addresses.
///
/// Destroying it ends the calls that are using it, on whatever threads, and closes its sessions; it waits for a callback
/// that is just running on its I/O thread.
class client {
public:
    /// Nothing is sent, and no connection is opened, before the first call.
    static outcome<client> create(const config &config = {}) {
        detail::texts texts;
        const vw_deepdub_config c = config.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<client, vw_deepdub_client>([&](vw_deepdub_client **out) { return vw_deepdub_client_new(&c, out); });
    }

    explicit client(vw_deepdub_client *raw) noexcept : handle_(raw) {}

    /// Speaks one text: on_chunk(const chunk &) gets each chunk as it arrives, on this thread. Returns when the generation
    /// has ended. A flow::stop before the last chunk is status::cancelled.
    template <class OnChunk, class = std::enable_if_t<std::is_invocable_v<OnChunk &, const chunk &>>>
    outcome<generation> stream_tts(const speech_request &request, OnChunk &&on_chunk) const {
        struct call {
            std::remove_reference_t<OnChunk> &on_chunk;
            detail::carrier thrown;

            static std::int32_t receive(const vw_deepdub_chunk *c, void *self) noexcept {
                flow next = flow::stop;
                auto &of = *static_cast<call *>(self);
                of.thrown.call([&] { next = detail::flow_of(of.on_chunk, chunk(c)); });
                return static_cast<std::int32_t>(next);
            }
        } call{on_chunk, {}};
        const answer told = speak(request, call.receive, &call);
        call.thrown.rethrow();
        if (told.why) VOICEWIRE_FAIL(*told.why);
        return generation::from_c(told.result);
    }

    /// Speaks one text over REST rather than a WebSocket; else as stream_tts.
    template <class OnChunk, class = std::enable_if_t<std::is_invocable_v<OnChunk &, const chunk &>>>
    outcome<generation> post_tts(const speech_request &request, OnChunk &&on_chunk, const post_options &options = {}) const {
        struct call {
            std::remove_reference_t<OnChunk> &on_chunk;
            detail::carrier thrown;

            static std::int32_t receive(const vw_deepdub_chunk *c, void *self) noexcept {
                flow next = flow::stop;
                auto &of = *static_cast<call *>(self);
                of.thrown.call([&] { next = detail::flow_of(of.on_chunk, chunk(c)); });
                return static_cast<std::int32_t>(next);
            }
        } call{on_chunk, {}};
        detail::texts texts;
        const vw_deepdub_tts_request c = request.to_c(texts);
        const vw_deepdub_post_options c_options = options.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        vw_deepdub_tts_result result;
        (void)vw_deepdub_tts_result_init(&result);
        const vw_status code = vw_deepdub_post_tts(get(), &c, &c_options, call.receive, &call, &result);
        call.thrown.rethrow();
        if (code != VW_OK) VOICEWIRE_FAIL(error::last());
        return generation::from_c(result);
    }

    /// Has one text spoken into a file at the service; the answer says where.
    outcome<json> tts_retroactive(const speech_request &request) const {
        detail::texts texts;
        const vw_deepdub_tts_request c = request.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_tts_retroactive(get(), &c, out); });
    }

    /// Speaks one text into a track of the request's format and sample rate; the track is told how it ended. A track that
    /// takes no more, because it was flushed for example, stops it: status::cancelled.
    outcome<generation> stream_tts(const speech_request &request, const track &track) const {
        const answer told = speak(request, vw_track_on_chunk, track.get());
        if (told.why) {
            (void)vw_track_fail(track.get(), static_cast<std::int32_t>(told.why->status()));
            VOICEWIRE_FAIL(*told.why);
        }
        return generation::from_c(told.result);
    }

    /// Speaks one text, whose chunks are asked for: for (const auto &chunk : client.stream(request)). It has a session of
    /// its own, with a connection of its own, and what a session does: it waits and tries again where stream_tts() fails at once,
    /// as for a rate limit. With more than one text open_session() and its stream() save making it.
    outcome<chunks> stream(const speech_request &request, const line_options &options = {}) const {
        vw_deepdub_session *raw = nullptr;
        if (vw_deepdub_session_open(get(), nullptr, &raw) != VW_OK) VOICEWIRE_FAIL(error::last());
        session own(raw, std::make_shared<detail::session_core>());
        auto begun = own.stream(request, options);
#if defined(VOICEWIRE_NO_EXCEPTIONS)
        if (!begun) return begun;
        begun->own_session_ = own.release();
#else
        begun.own_session_ = own.release();
#endif
        return begun;
    }

    /// Opens a session. Returns at once; on_state(const state_change &) is told how it stands.
    template <class OnState = detail::nobody>
    outcome<session> open_session(const session_options &options = {}, OnState on_state = {}) const {
        return session::open(get(), options, std::move(on_state));
    }

    /// Opens a session for text that is streamed in.
    template <class OnState = detail::nobody>
    outcome<text_session> open_text_session(const text_config &config, const text_session_options &options = {},
                                            OnState on_state = {}) const {
        return text_session::open(get(), config, options, std::move(on_state));
    }

    /// Files a report.
    outcome<issue> create_issue(const issue_request &request) const {
        detail::texts texts;
        const vw_deepdub_issue_request c = request.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<issue, vw_deepdub_issue>(
            [&](vw_deepdub_issue **out) { return vw_deepdub_create_issue(get(), &c, out); });
    }
    /// Reads a report.
    outcome<issue> get_issue(std::string_view id, const cancel_token *cancel = nullptr) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<issue, vw_deepdub_issue>(
            [&](vw_deepdub_issue **out) { return vw_deepdub_get_issue(get(), c_id, detail::raw(cancel), out); });
    }
    /// Changes the fields that are set; the whole report as it then is.
    outcome<issue> update_issue(std::string_view id, const issue_request &changes) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        const vw_deepdub_issue_request c = changes.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<issue, vw_deepdub_issue>(
            [&](vw_deepdub_issue **out) { return vw_deepdub_update_issue(get(), c_id, &c, out); });
    }
    /// Withdraws a report.
    outcome<void> delete_issue(std::string_view id, const cancel_token *cancel = nullptr) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::done(vw_deepdub_delete_issue(get(), c_id, detail::raw(cancel)));
    }
    /// Files a report about one of the last generations, filled in from memory and with a clip; without an id about the one
    /// whose audio began last.
    outcome<issue> report(std::optional<std::string_view> generation_id, const report_options &options) const {
        const std::optional<std::string> copy(generation_id);
        const char *c_id = nullptr;
        detail::texts texts;
        texts.set(c_id, copy, "generationId");
        const vw_deepdub_report_options c = options.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<issue, vw_deepdub_issue>(
            [&](vw_deepdub_issue **out) { return vw_deepdub_report(get(), c_id, &c, out); });
    }

    /// Voices, as the service has them.
    outcome<json> list_voices(std::optional<std::int32_t> limit = {}, const cancel_token *cancel = nullptr) const {
        return detail::answer(
            [&](vw_json **out) { return vw_deepdub_list_voices(get(), limit.value_or(VW_UNSET), detail::raw(cancel), out); });
    }
    outcome<json> get_voice(std::string_view id, const cancel_token *cancel = nullptr) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_get_voice(get(), c_id, detail::raw(cancel), out); });
    }
    outcome<json> upload_voice(const voice_request &request) const {
        detail::texts texts;
        const vw_deepdub_voice_request c = request.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_upload_voice(get(), &c, out); });
    }
    outcome<json> update_voice(std::string_view id, const voice_changes &changes) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        const vw_deepdub_voice_changes c = changes.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_update_voice(get(), c_id, &c, out); });
    }
    outcome<void> delete_voice(std::string_view id, const cancel_token *cancel = nullptr) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::done(vw_deepdub_delete_voice(get(), c_id, detail::raw(cancel)));
    }

    /// Whose voice it is, by its sound: of bytes, of a file at an address, of a file here, and over the WebSocket.
    outcome<json> classify_gender(bytes audio, const cancel_token *cancel = nullptr) const {
        return detail::answer([&](vw_json **out) {
            return vw_deepdub_classify_gender(get(), audio.data(), audio.size(), detail::raw(cancel), out);
        });
    }
    outcome<json> classify_gender_at(std::string_view url, const cancel_token *cancel = nullptr) const {
        const std::string copy(url);
        detail::texts texts;
        const char *c_url = texts(copy, "url");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_classify_gender_at(get(), c_url, detail::raw(cancel), out); });
    }
    outcome<json> classify_gender_upload(std::string_view path, const cancel_token *cancel = nullptr) const {
        const std::string copy(path);
        detail::texts texts;
        const char *c_path = texts(copy, "path");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_classify_gender_upload(get(), c_path, detail::raw(cancel), out); });
    }
    outcome<json> classify_gender_live(bytes audio, const cancel_token *cancel = nullptr) const {
        return detail::answer([&](vw_json **out) {
            return vw_deepdub_classify_gender_live(get(), audio.data(), audio.size(), detail::raw(cancel), out);
        });
    }

    /// What was spoken, in all and by model.
    outcome<json> usage(const usage_query &query) const {
        detail::texts texts;
        const vw_deepdub_usage_query c = query.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_usage(get(), &c, out); });
    }
    outcome<json> usage_by_model(const usage_query &query) const {
        detail::texts texts;
        const vw_deepdub_usage_query c = query.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_usage_by_model(get(), &c, out); });
    }

    /// How many generations may run at once.
    outcome<json> get_capacity(std::string_view model_id, const cancel_token *cancel = nullptr) const {
        const std::string copy(model_id);
        detail::texts texts;
        const char *c_model_id = texts(copy, "model_id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_get_capacity(get(), c_model_id, detail::raw(cancel), out); });
    }
    outcome<json> set_capacity(std::string_view model_id, std::int32_t size, const cancel_token *cancel = nullptr) const {
        const std::string copy(model_id);
        detail::texts texts;
        const char *c_model_id = texts(copy, "model_id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer([&](vw_json **out) { return vw_deepdub_set_capacity(get(), c_model_id, size, detail::raw(cancel), out); });
    }
    outcome<json> get_capacities(const std::vector<std::string> &model_ids, const cancel_token *cancel = nullptr) const {
        detail::texts texts;
        std::vector<const char *> c;
        for (const std::string &id : model_ids) c.push_back(texts(id, "model_ids"));
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::answer(
            [&](vw_json **out) { return vw_deepdub_get_capacities(get(), c.data(), c.size(), detail::raw(cancel), out); });
    }

    vw_deepdub_client *get() const noexcept { return handle_.get(); }

private:
    struct answer {
        vw_deepdub_tts_result result;
        std::optional<error> why;
    };

    answer speak(const speech_request &request, vw_deepdub_chunk_fn on_chunk, void *user_data) const {
        answer told{};
        detail::texts texts;
        const vw_deepdub_tts_request c = request.to_c(texts);
        (void)vw_deepdub_tts_result_init(&told.result);
        if (!texts.are_good()) told.why = texts.why();
        else if (vw_deepdub_stream_tts(get(), &c, on_chunk, user_data, &told.result) != VW_OK) told.why = error::last();
        return told;
    }

    detail::handle<vw_deepdub_client, vw_deepdub_client_free> handle_;
};

} // namespace deepdub
VOICEWIRE_END

#endif
