// SPDX-License-Identifier: MIT OR Apache-2.0
// Formats, files and decoders. Included by voicewire.hpp.
#ifndef VOICEWIRE_AUDIO_HPP
#define VOICEWIRE_AUDIO_HPP

#include "basics.hpp"

VOICEWIRE_BEGIN

/// How audio is encoded. Always one channel (mono).
enum class format : vw_format {
    mp3 = VW_FORMAT_MP3,
    /// In a stream each chunk is a WAV file of its own.
    wav = VW_FORMAT_WAV,
    opus = VW_FORMAT_OPUS,
    mulaw = VW_FORMAT_MULAW,
    s16le = VW_FORMAT_S16LE,
};

/// How a WAV file holds decoded samples.
enum class wav_samples : vw_wav_samples {
    s16 = VW_WAV_S16,
    f32 = VW_WAV_F32,
};

/// The format to ask for in order to write path, by its ending.
inline outcome<format> format_for_path(std::string_view path) {
    const std::string copy(path);
    detail::texts texts;
    vw_format found = 0;
    const char *c_path = texts(copy, "path");
    if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
    if (vw_format_for_path(c_path, &found) != VW_OK) VOICEWIRE_FAIL(error::last());
    return static_cast<format>(found);
}

/// What is to be decoded, and how the samples are wanted.
struct decoder_config {
    std::optional<voicewire::format> format{};
    /// Of bare samples (s16le, mulaw), in Hz.
    std::optional<std::int32_t> sample_rate{};
    std::optional<std::int32_t> output_rate{};
    std::optional<std::int32_t> channels{};

    vw_decoder_config to_c() const noexcept {
        vw_decoder_config c;
        (void)vw_decoder_config_init(&c);
        detail::set(c.format, format);
        detail::set(c.sample_rate, sample_rate);
        detail::set(c.output_rate, output_rate);
        detail::set(c.channels, channels);
        return c;
    }
};

/// What a decoder has found out; 0 and nothing until it is known.
struct decoder_info {
    std::uint32_t sample_rate, channels;
    std::optional<voicewire::format> source_format;
    std::uint32_t source_rate, source_channels;
    fractional_seconds decoded;
};

/// Samples, interleaved, in the decoder's memory: valid until its next call. Full scale of float is -1 to 1.
template <class S> struct decoded {
    view<const S> samples;
    std::size_t frames = 0;
};

/// Decodes audio while it streams, in pieces cut anywhere. One thread at a time.
///
/// Of broken audio what was good before it is not lost: before_error() and before_error_s16() have it after a call has
/// failed with status::bad_audio.
class decoder {
public:
    static outcome<decoder> create(const decoder_config &config = {}) {
        const vw_decoder_config c = config.to_c();
        return detail::make<decoder, vw_decoder>([&](vw_decoder **out) { return vw_decoder_new(&c, out); });
    }

    explicit decoder(vw_decoder *raw) noexcept : handle_(raw) {}

    outcome<decoded<float>> push(bytes data) {
        return take(f32_, [&](auto samples, auto frames) {
            return vw_decoder_push_f32(get(), data.data(), data.size(), samples, frames);
        });
    }
    /// Rounded and clamped.
    outcome<decoded<std::int16_t>> push_s16(bytes data) {
        return take(s16_, [&](auto samples, auto frames) {
            return vw_decoder_push_s16(get(), data.data(), data.size(), samples, frames);
        });
    }
    /// No more comes: what was still inside.
    outcome<decoded<float>> finish() {
        return take(f32_, [&](auto samples, auto frames) { return vw_decoder_finish_f32(get(), samples, frames); });
    }
    outcome<decoded<std::int16_t>> finish_s16() {
        return take(s16_, [&](auto samples, auto frames) { return vw_decoder_finish_s16(get(), samples, frames); });
    }
    /// What the last push or finish handed out, also when it failed.
    decoded<float> before_error() const noexcept { return f32_; }
    decoded<std::int16_t> before_error_s16() const noexcept { return s16_; }

    outcome<decoder_info> info() const {
        vw_decoder_info c;
        (void)vw_decoder_info_init(&c);
        if (vw_decoder_get_info(get(), &c) != VW_OK) VOICEWIRE_FAIL(error::last());
        decoder_info told{c.sample_rate,   c.channels,        std::nullopt,
                          c.source_rate, c.source_channels, fractional_seconds(c.seconds)};
        if (c.source_format != 0) told.source_format = static_cast<voicewire::format>(c.source_format);
        return told;
    }

    vw_decoder *get() const noexcept { return handle_.get(); }

private:
    template <class S, class Call> outcome<decoded<S>> take(decoded<S> &place, Call &&call) {
        const S *samples = nullptr;
        std::size_t frames = 0;
        const vw_status code = call(&samples, &frames);
        // Samples also come with VW_ERR_BAD_AUDIO.
        place = decoded<S>{view<const S>(samples, frames * channels(frames)), frames};
        if (code != VW_OK) VOICEWIRE_FAIL(error::last());
        return place;
    }

    std::size_t channels(std::size_t frames) const noexcept {
        if (frames == 0) return 0;
        vw_decoder_info c;
        (void)vw_decoder_info_init(&c);
        return vw_decoder_get_info(get(), &c) == VW_OK ? c.channels : 0;
    }

    detail::handle<vw_decoder, vw_decoder_free> handle_;
    decoded<float> f32_;
    decoded<std::int16_t> s16_;
};

/// A file being written from the chunks of one generation. It has its name when finish() has returned; one that is
/// destroyed before leaves nothing behind.
class audio_file {
public:
    /// For chunks of format at sample_rate Hz, as they are sent.
    static outcome<audio_file> create(std::string_view path, voicewire::format format, std::int32_t sample_rate) {
        return open(path, [&](const char *c_path, vw_audio_file **out) {
            return vw_audio_file_create(c_path, static_cast<vw_format>(format), sample_rate, out);
        });
    }

    /// A WAV file of what they decode to.
    static outcome<audio_file> create_decoded(std::string_view path, const decoder_config &config, wav_samples samples) {
        const vw_decoder_config c = config.to_c();
        return open(path, [&](const char *c_path, vw_audio_file **out) {
            return vw_audio_file_create_decoded(c_path, &c, static_cast<vw_wav_samples>(samples), out);
        });
    }

    explicit audio_file(vw_audio_file *raw) noexcept : handle_(raw) {}

    /// After a failure every further call fails in the same way: it is enough to look at finish().
    outcome<void> write(bytes data) { return detail::done(vw_audio_file_write(get(), data.data(), data.size())); }
    /// How long it is so far.
    outcome<fractional_seconds> duration() const {
        double seconds = 0;
        const vw_status code = vw_audio_file_seconds(get(), &seconds);
        return detail::given(code, fractional_seconds(seconds));
    }
    /// Waits for the disk.
    outcome<void> finish() { return detail::done(vw_audio_file_finish(get())); }

    vw_audio_file *get() const noexcept { return handle_.get(); }

private:
    template <class Create> static outcome<audio_file> open(std::string_view path, Create &&create) {
        const std::string copy(path);
        detail::texts texts;
        const char *c_path = texts(copy, "path");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::make<audio_file, vw_audio_file>([&](vw_audio_file **out) { return create(c_path, out); });
    }

    detail::handle<vw_audio_file, vw_audio_file_free> handle_;
};

/// The bytes of a file, in memory.
class audio_bytes {
public:
    /// One file that plays, of the chunks of a generation, one after the other.
    static outcome<audio_bytes> as_sent(voicewire::format format, std::int32_t sample_rate, bytes data) {
        return open([&](vw_audio_bytes **out) {
            return vw_audio_bytes_as_sent(static_cast<vw_format>(format), sample_rate, data.data(), data.size(), out);
        });
    }

    /// A WAV file of what they decode to.
    static outcome<audio_bytes> decoded(const decoder_config &config, wav_samples samples, bytes data) {
        const vw_decoder_config c = config.to_c();
        return open([&](vw_audio_bytes **out) {
            return vw_audio_bytes_decoded(&c, static_cast<vw_wav_samples>(samples), data.data(), data.size(), out);
        });
    }

    explicit audio_bytes(vw_audio_bytes *raw) noexcept : handle_(raw) {}

    /// Valid as long as this object has not been moved from or destroyed; empty then.
    bytes data() const noexcept {
        const std::uint8_t *first = nullptr;
        std::size_t size = 0;
        return vw_audio_bytes_get(get(), &first, &size) == VW_OK ? bytes(first, size) : bytes();
    }

    vw_audio_bytes *get() const noexcept { return handle_.get(); }

private:
    template <class Create> static outcome<audio_bytes> open(Create &&create) {
        return detail::make<audio_bytes, vw_audio_bytes>(std::forward<Create>(create));
    }

    detail::handle<vw_audio_bytes, vw_audio_bytes_free> handle_;
};

VOICEWIRE_END

#endif
