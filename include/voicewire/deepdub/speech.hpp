// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: what is asked for, and what comes of it. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_SPEECH_HPP
#define VOICEWIRE_DEEPDUB_SPEECH_HPP

#include "../audio.hpp"

VOICEWIRE_BEGIN
namespace deepdub {

/// Deepdub's "Storyteller", a voice that everyone may try.
inline constexpr const char *trial_voice = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";

enum class region : vw_region {
    us = VW_REGION_US,
    eu = VW_REGION_EU,
};

/// The settings of a client.
struct config {
    /// Else the environment variable DEEPDUB_API_KEY.
    std::optional<std::string> api_key{};
    std::optional<std::string> rest_url{};
    std::optional<std::string> websocket_url{};
    std::optional<std::string> streaming_url{};
    std::optional<deepdub::region> region{};
    std::optional<milliseconds> connect_timeout{};
    std::optional<milliseconds> first_chunk_timeout{};
    std::optional<milliseconds> between_chunks_timeout{};
    std::optional<milliseconds> total_timeout{};
    std::optional<milliseconds> rest_timeout{};
    std::optional<bool> allow_plaintext{};
    std::optional<bool> key_in_query{};
    std::optional<std::string> ca_pem{};
    std::optional<std::size_t> max_message_bytes{};
    /// "" is none, whatever the environment says.
    std::optional<std::string> proxy{};
    std::optional<std::int32_t> retries{};
    std::optional<milliseconds> retry_first_delay{};
    std::optional<milliseconds> retry_max_delay{};
    std::optional<std::size_t> remember_generations{};
    std::optional<std::size_t> remember_audio_bytes{};

    /// Its texts are this struct's.
    vw_deepdub_config to_c(detail::texts &texts) const noexcept {
        vw_deepdub_config c;
        (void)vw_deepdub_config_init(&c);
        texts.set(c.api_key, api_key, "api_key");
        texts.set(c.rest_url, rest_url, "rest_url");
        texts.set(c.websocket_url, websocket_url, "websocket_url");
        texts.set(c.streaming_url, streaming_url, "streaming_url");
        detail::set(c.region, region);
        detail::set(c.connect_timeout_ms, connect_timeout);
        detail::set(c.first_chunk_timeout_ms, first_chunk_timeout);
        detail::set(c.between_chunks_timeout_ms, between_chunks_timeout);
        detail::set(c.total_timeout_ms, total_timeout);
        detail::set(c.rest_timeout_ms, rest_timeout);
        detail::set(c.allow_plaintext, allow_plaintext);
        detail::set(c.key_in_query, key_in_query);
        texts.set(c.ca_pem, ca_pem, "ca_pem");
        detail::set(c.max_message_bytes, max_message_bytes);
        texts.set(c.proxy, proxy, "proxy");
        detail::set(c.retries, retries);
        detail::set(c.retry_first_delay_ms, retry_first_delay);
        detail::set(c.retry_max_delay_ms, retry_max_delay);
        detail::set(c.remember_generations, remember_generations);
        detail::set(c.remember_audio_bytes, remember_audio_bytes);
        return c;
    }
};

/// An accent that is blended into another.
struct accent {
    std::string base_locale, locale;
    /// 0.0 (base only) to 1.0 (the other only).
    double ratio = 0;
};

/// One text to be spoken.
struct speech_request {
    /// Required, as is the voice.
    std::string text;
    std::string voice_prompt_id;
    std::optional<voicewire::format> format{};
    /// In Hz.
    std::optional<std::int32_t> sample_rate{};
    std::optional<std::string> model{};
    std::optional<std::string> locale{};
    std::optional<std::string> generation_id{};
    std::optional<fractional_seconds> target_duration{};
    std::optional<double> tempo{};
    std::optional<double> variance{};
    std::optional<double> temperature{};
    /// The same seed gives the same audio for the same request.
    std::optional<std::int64_t> seed{};
    std::optional<bool> prompt_boost{};
    std::optional<bool> super_stretch{};
    std::optional<bool> realtime{};
    std::optional<bool> clean_audio{};
    std::optional<bool> auto_gain{};
    std::optional<deepdub::accent> accent{};
    std::optional<std::string> performance_reference_prompt_id{};
    /// Stops the call, or the line, from outside.
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_tts_request to_c(detail::texts &texts) const noexcept {
        vw_deepdub_tts_request c;
        (void)vw_deepdub_tts_request_init(&c);
        c.text = texts(text, "targetText");
        c.voice_prompt_id = texts(voice_prompt_id, "voicePromptId");
        detail::set(c.format, format);
        detail::set(c.sample_rate, sample_rate);
        texts.set(c.model, model, "model");
        texts.set(c.locale, locale, "locale");
        texts.set(c.generation_id, generation_id, "generationId");
        detail::set(c.target_duration, target_duration);
        detail::set(c.tempo, tempo);
        detail::set(c.variance, variance);
        detail::set(c.temperature, temperature);
        detail::set(c.seed, seed);
        detail::set(c.prompt_boost, prompt_boost);
        detail::set(c.super_stretch, super_stretch);
        detail::set(c.realtime, realtime);
        detail::set(c.clean_audio, clean_audio);
        detail::set(c.auto_gain, auto_gain);
        if (accent) {
            c.accent_base_locale = texts(accent->base_locale, "accentControl.accentBaseLocale");
            c.accent_locale = texts(accent->locale, "accentControl.accentLocale");
            c.accent_ratio = accent->ratio;
        }
        texts.set(c.performance_reference_prompt_id, performance_reference_prompt_id, "performanceReferencePromptId");
        c.cancel = detail::raw(cancel);
        return c;
    }
};

/// What a generation came to.
struct generation {
    /// What a report about it names.
    std::string id;
    /// Chunks with audio that were delivered, and bytes in them.
    std::uint64_t chunks, bytes;
    /// Chunks that came twice and were dropped.
    std::uint64_t duplicates;
    /// How long it waited for the connection.
    fractional_milliseconds connect;
    /// Until the first audio, if any came.
    std::optional<fractional_milliseconds> first_chunk;
    /// Until its end, or until now.
    fractional_milliseconds total;
    /// How long it waited in a session's queue.
    fractional_milliseconds queued;
    /// The longest wait for a chunk after the one before it.
    fractional_milliseconds longest_gap;
    /// How often a session sent it again.
    std::uint64_t retries;

    static generation from_c(const vw_deepdub_tts_result &c) {
        generation told{c.generation_id,
                        c.chunks,
                        c.bytes,
                        c.duplicates,
                        fractional_milliseconds(c.connect_ms),
                        std::nullopt,
                        fractional_milliseconds(c.total_ms),
                        fractional_milliseconds(c.queued_ms),
                        fractional_milliseconds(c.longest_gap_ms),
                        c.retries};
        if (c.first_chunk_ms >= 0) told.first_chunk = fractional_milliseconds(c.first_chunk_ms);
        return told;
    }
};

/// A piece of a generation's audio, in the library's memory: valid until the callback returns, or the range is advanced.
class chunk {
public:
    explicit chunk(const vw_deepdub_chunk *c) noexcept : c_(c) {}

    /// As the service sent it. Of format::wav each is a WAV file of its own. Empty only in a last chunk.
    voicewire::bytes data() const noexcept { return {c_->data, c_->size}; }
    /// The samples in data: past its header for WAV, all of it for s16le and mulaw; none for mp3 and opus.
    voicewire::bytes samples() const noexcept { return {c_->samples, c_->samples_size}; }
    /// Its place in the generation, from 0, with no gaps.
    std::uint64_t index() const noexcept { return c_->index; }
    std::string_view generation_id() const noexcept { return c_->generation_id; }
    bool is_final() const noexcept { return c_->is_final != 0; }
    const vw_deepdub_chunk *get() const noexcept { return c_; }

private:
    const vw_deepdub_chunk *c_;
};

} // namespace deepdub
VOICEWIRE_END

#endif
