// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: what the calls over REST are asked for: voices, usage, speech. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_VOICES_HPP
#define VOICEWIRE_DEEPDUB_VOICES_HPP

#include "../json.hpp"

VOICEWIRE_BEGIN
namespace deepdub {

/// What speech over REST takes besides a speech_request.
struct post_options {
    /// A recording to speak like: the bytes of an audio file, or the path of one.
    bytes voice_reference{};
    std::optional<std::string> voice_reference_path{};
    std::optional<bool> publish{};

    /// Its texts are this struct's.
    vw_deepdub_post_options to_c(detail::texts &texts) const noexcept {
        vw_deepdub_post_options c;
        (void)vw_deepdub_post_options_init(&c);
        c.voice_reference = voice_reference.data();
        c.voice_reference_size = voice_reference.size();
        texts.set(c.voice_reference_path, voice_reference_path, "voiceReference");
        detail::set(c.publish, publish);
        return c;
    }
};

/// A voice to be uploaded.
struct voice_request {
    /// The bytes of an audio file, or the path of one.
    bytes audio{};
    std::optional<std::string> audio_path{};
    std::optional<std::string> filename{};
    std::optional<std::string> title{};
    std::optional<std::string> text{};
    std::optional<std::string> locale{};
    std::optional<std::string> gender{};
    std::optional<std::int32_t> age{};
    std::optional<std::string> speaking_style{};
    std::optional<std::string> speaker_id{};
    std::optional<bool> publish{};
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_voice_request to_c(detail::texts &texts) const noexcept {
        vw_deepdub_voice_request c;
        (void)vw_deepdub_voice_request_init(&c);
        c.audio = audio.data();
        c.audio_size = audio.size();
        texts.set(c.audio_path, audio_path, "audio_path");
        texts.set(c.filename, filename, "filename");
        texts.set(c.title, title, "title");
        texts.set(c.text, text, "text");
        texts.set(c.locale, locale, "locale");
        texts.set(c.gender, gender, "gender");
        detail::set(c.age, age);
        texts.set(c.speaking_style, speaking_style, "speaking_style");
        texts.set(c.speaker_id, speaker_id, "speaker_id");
        detail::set(c.publish, publish);
        c.cancel = detail::raw(cancel);
        return c;
    }
};

/// What is changed of a voice: what is set.
struct voice_changes {
    std::optional<std::string> name{};
    std::optional<std::string> locale{};
    std::optional<std::string> gender{};
    std::optional<std::int32_t> age{};
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_voice_changes to_c(detail::texts &texts) const noexcept {
        vw_deepdub_voice_changes c;
        (void)vw_deepdub_voice_changes_init(&c);
        texts.set(c.name, name, "name");
        texts.set(c.locale, locale, "locale");
        texts.set(c.gender, gender, "gender");
        detail::set(c.age, age);
        c.cancel = detail::raw(cancel);
        return c;
    }
};

/// Of which usage is asked.
struct usage_query {
    std::optional<std::string> from{};
    std::optional<std::string> to{};
    std::optional<std::string> model_id{};
    std::optional<std::string> region{};
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_usage_query to_c(detail::texts &texts) const noexcept {
        vw_deepdub_usage_query c;
        (void)vw_deepdub_usage_query_init(&c);
        texts.set(c.from, from, "from");
        texts.set(c.to, to, "to");
        texts.set(c.model_id, model_id, "model_id");
        texts.set(c.region, region, "region");
        c.cancel = detail::raw(cancel);
        return c;
    }
};

} // namespace deepdub
VOICEWIRE_END

#endif
