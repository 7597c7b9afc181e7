// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: text streamed in while it is being written. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_TEXT_SESSION_HPP
#define VOICEWIRE_DEEPDUB_TEXT_SESSION_HPP

#include "lines.hpp"

VOICEWIRE_BEGIN
namespace deepdub {

/// How streamed text is spoken.
struct text_config {
    /// Required.
    std::string voice_prompt_id;
    std::optional<std::string> model{};
    std::optional<std::string> locale{};
    /// s16le, wav or mulaw.
    std::optional<voicewire::format> format{};
    std::optional<std::int32_t> sample_rate{};
    std::optional<bool> accept_emojis{};
    std::optional<std::string> target_gender{};
    /// How soon the first audio of a turn is wanted, even of an incomplete sentence.
    std::optional<fractional_seconds> first_audio_timeout{};
    std::optional<bool> realtime{};

    /// Its texts are this struct's.
    vw_deepdub_text_config to_c(detail::texts &texts) const noexcept {
        vw_deepdub_text_config c;
        (void)vw_deepdub_text_config_init(&c);
        c.voice_prompt_id = texts(voice_prompt_id, "voicePromptId");
        texts.set(c.model, model, "model");
        texts.set(c.locale, locale, "locale");
        detail::set(c.format, format);
        detail::set(c.sample_rate, sample_rate);
        detail::set(c.accept_emojis, accept_emojis);
        texts.set(c.target_gender, target_gender, "targetGender");
        detail::set(c.first_audio_timeout, first_audio_timeout);
        detail::set(c.realtime, realtime);
        return c;
    }
};

struct text_session_options {
    std::optional<voicewire::delivery> delivery{};
    std::optional<milliseconds> keep_alive{};
    /// How many bytes of written text may wait to be sent, for each turn.
    std::optional<std::size_t> max_unsent_bytes{};
};

struct turn_options {
    std::optional<std::size_t> max_buffered_bytes{};
    const cancel_token *cancel = nullptr;
    /// Plays the turn, after what has been asked for there before.
    const voicewire::player *player = nullptr;
    std::uint64_t track_id = 0;
};

namespace detail_text {

/// A locale and a voice, each of which may be left out, for C.
class change {
public:
    change(std::optional<std::string_view> locale, std::optional<std::string_view> voice)
        : locale_(locale), voice_(voice) {
        texts_.set(c_locale, locale_, "locale");
        texts_.set(c_voice, voice_, "voice_prompt_id");
    }
    const detail::texts &texts() const noexcept { return texts_; }

private:
    std::optional<std::string> locale_, voice_;
    detail::texts texts_;

public:
    const char *c_locale = nullptr, *c_voice = nullptr;
};

} // namespace detail_text

/// A turn, in the hands of who writes it. Destroying it ends its text; its audio goes on, and its callbacks with it.
class turn {
public:
    turn(vw_deepdub_turn *raw, std::shared_ptr<detail::line_core> core) noexcept
        : handle_(raw), core_(std::move(core)) {}

    /// Adds to its text: a sentence, a word, a token of a language model. Waits for room, not for the network.
    outcome<void> write(std::string_view text, milliseconds timeout = no_timeout) const {
        const std::string copy(text);
        detail::texts texts;
        const char *c_text = texts(copy, "text");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::done(vw_deepdub_turn_write(get(), c_text, detail::wait(timeout)));
    }
    /// Switches language, voice or both for the text that is written after it.
    outcome<void> switch_to(std::optional<std::string_view> locale, std::optional<std::string_view> voice_prompt_id,
                            milliseconds timeout = no_timeout) const {
        const detail_text::change c(locale, voice_prompt_id);
        if (!c.texts().are_good()) VOICEWIRE_FAIL(c.texts().why());
        return detail::done(vw_deepdub_turn_switch(get(), c.c_locale, c.c_voice, detail::wait(timeout)));
    }
    /// Ends its text: the rest of it is spoken now.
    outcome<void> end() const { return detail::done(vw_deepdub_turn_end(get())); }
    /// Barge-in. When this returns, its on_chunk is not running and is not called again; only on_end still comes.
    outcome<void> cancel() const { return detail::done(vw_deepdub_turn_cancel(get())); }
    /// Chunks come again after flow::pause.
    outcome<void> resume() const { return detail::done(vw_deepdub_turn_resume(get())); }
    outcome<bool> is_ended() const {
        std::int32_t ended = 0;
        const vw_status code = vw_deepdub_turn_is_ended(get(), &ended);
        return detail::given(code, ended != 0);
    }
    /// What it has come to so far.
    outcome<deepdub::generation> so_far() const {
        vw_deepdub_tts_result c;
        (void)vw_deepdub_tts_result_init(&c);
        if (vw_deepdub_turn_get_result(get(), &c) != VW_OK) VOICEWIRE_FAIL(error::last());
        return deepdub::generation::from_c(c);
    }
    /// As line::wait.
    outcome<deepdub::generation> wait(milliseconds timeout = no_timeout) const {
        return detail::wait_for(core_, timeout);
    }

    vw_deepdub_turn *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_deepdub_turn, vw_deepdub_turn_free> handle_;
    std::shared_ptr<detail::line_core> core_;
};

/// A connection into which text is streamed while it is being produced, turn by turn.
///
/// Destroying it cancels every turn and closes the connection: what close() says, but that nothing is thrown.
class text_session {
public:
    template <class OnState = detail::nobody>
    static outcome<text_session> open(vw_deepdub_client *client, const text_config &config,
                                      const text_session_options &options, OnState on_state = {}) {
        detail::texts texts;
        const vw_deepdub_text_config c_config = config.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        vw_deepdub_text_session_options c;
        (void)vw_deepdub_text_session_options_init(&c);
        detail::set(c.keep_alive_ms, options.keep_alive);
        detail::set(c.max_unsent_bytes, options.max_unsent_bytes);
        auto core = std::make_shared<detail::session_core>();
        auto receiver = detail::receive_states(c, options.delivery, core, std::move(on_state));
        vw_deepdub_text_session *raw = nullptr;
        if (vw_deepdub_text_session_open(client, &c_config, &c, &raw) != VW_OK) VOICEWIRE_FAIL(error::last());
        (void)receiver.release();
        return text_session(raw, std::move(core));
    }

    text_session(vw_deepdub_text_session *raw, std::shared_ptr<detail::session_core> core) noexcept
        : handle_(raw), core_(std::move(core)) {
        core_->session = raw;
    }

    /// Begins the next turn; callbacks as in session::speak.
    template <class OnChunk, class OnEnd = detail::nobody>
    outcome<turn> begin_turn(const turn_options &options, OnChunk on_chunk, OnEnd on_end = {}) const {
        vw_deepdub_turn_options c;
        (void)vw_deepdub_turn_options_init(&c);
        detail::set(c.max_buffered_bytes, options.max_buffered_bytes);
        c.cancel = detail::raw(options.cancel);
        c.player = detail::raw(options.player);
        c.track_id = options.track_id;
        return detail::begin_line<turn, vw_deepdub_turn>(
            core_, c, std::move(on_chunk), std::move(on_end),
            [&](vw_deepdub_turn **out) { return vw_deepdub_text_session_begin_turn(get(), &c, out); });
    }
    template <class OnChunk, class OnEnd = detail::nobody,
              class = std::enable_if_t<std::is_invocable_v<OnChunk &, const chunk &>>>
    outcome<turn> begin_turn(OnChunk on_chunk, OnEnd on_end = {}) const {
        return begin_turn(turn_options{}, std::move(on_chunk), std::move(on_end));
    }

    /// Begins a turn for options.player only.
    template <class OnEnd = detail::nobody> outcome<turn> play_turn(const turn_options &options, OnEnd on_end = {}) const {
        return begin_turn(options, detail::nobody{}, std::move(on_end));
    }

    /// Changes how turns are spoken that begin from now on.
    outcome<void> configure(const text_config &config) const {
        detail::texts texts;
        const vw_deepdub_text_config c = config.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::done(vw_deepdub_text_session_configure(get(), &c));
    }
    /// Asks the service for a sign of life; how long that took.
    outcome<fractional_milliseconds> ping(milliseconds timeout = no_timeout) const {
        double took = 0;
        const vw_status code = vw_deepdub_text_session_ping(get(), detail::wait(timeout), &took);
        return detail::given(code, fractional_milliseconds(took));
    }

    /// As those of session.
    outcome<void> poll(milliseconds timeout = milliseconds(0)) const { return detail::poll(core_, get(), timeout); }
    outcome<std::intptr_t> poll_handle() const { return detail::poll_handle(get()); }
    outcome<void> wait_ready(milliseconds timeout = no_timeout) const {
        return detail::done(vw_session_wait_ready(get(), detail::wait(timeout)));
    }
    outcome<session_state> state() const { return detail::state_of(get()); }
    outcome<void> close() {
        const std::shared_ptr<detail::session_core> core = core_;
        const vw_status code = handle_.free();
        if (core != nullptr) core->thrown.rethrow();
        return detail::done(code);
    }

    vw_deepdub_text_session *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_deepdub_text_session, vw_deepdub_text_session_free> handle_;
    std::shared_ptr<detail::session_core> core_;
};

/// The tag that switches language, voice or both in the middle of a text, for whoever puts texts together before they are
/// written. "" when both are left out.
inline outcome<std::string> config_tag(std::optional<std::string_view> locale,
                                       std::optional<std::string_view> voice_prompt_id) {
    const detail_text::change c(locale, voice_prompt_id);
    if (!c.texts().are_good()) VOICEWIRE_FAIL(c.texts().why());
    std::size_t needed = 0;
    if (vw_deepdub_config_tag(c.c_locale, c.c_voice, nullptr, 0, &needed) != VW_OK) VOICEWIRE_FAIL(error::last());
    std::string tag(needed, '\0');
    if (vw_deepdub_config_tag(c.c_locale, c.c_voice, &tag[0], tag.size(), nullptr) != VW_OK) VOICEWIRE_FAIL(error::last());
    tag.pop_back();
    return tag;
}

} // namespace deepdub
VOICEWIRE_END

#endif
