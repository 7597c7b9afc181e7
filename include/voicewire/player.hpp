// SPDX-License-Identifier: MIT OR Apache-2.0
// From lines, which come when they come, to the sound device's callback, which must never wait. Included by voicewire.hpp.
#ifndef VOICEWIRE_PLAYER_HPP
#define VOICEWIRE_PLAYER_HPP

#include "audio.hpp"

VOICEWIRE_BEGIN

struct player_config {
    std::optional<std::int32_t> sample_rate{};
    std::optional<std::int32_t> channels{};
    std::optional<milliseconds> cushion{};
    std::optional<milliseconds> max_cushion{};
    std::optional<milliseconds> max_buffered{};
    std::optional<float> gain{};
};

enum class player_activity : vw_player_activity {
    idle = VW_PLAYER_IDLE,
    filling = VW_PLAYER_FILLING,
    playing = VW_PLAYER_PLAYING,
    paused = VW_PLAYER_PAUSED,
};

/// The track that is played or waited for, in frames of the player's rate.
struct track_state {
    std::uint64_t id, position, frames;
    /// Whether these are all its frames.
    bool is_complete;
};

/// How a player stands, exact to a read.
struct player_state {
    player_activity activity;
    std::optional<track_state> track;
    float gain;
    std::uint64_t tracks_waiting, buffered_frames;
    fractional_milliseconds buffered;
    std::uint64_t played_frames, silent_frames, underrun_frames, underruns;
    fractional_milliseconds cushion;
    std::uint64_t lost_ends;
};

/// How a track ended, for the ear.
struct track_end {
    std::uint64_t id;
    voicewire::status status;
    /// Whether something of it was dropped before it was played.
    bool is_flushed;
    /// More about the status, unless that is ok.
    std::optional<voicewire::error> error;
    std::uint64_t frames_played, underruns;
};

struct track_options {
    std::optional<voicewire::format> format{};
    /// Of what has no header (s16le, mulaw), in Hz.
    std::optional<std::int32_t> sample_rate{};
    std::uint64_t id = 0;
};

/// One line's way into a player. One that is destroyed before it has ended ends as cancelled, after what was written.
class track {
public:
    explicit track(vw_track *raw) noexcept : handle_(raw) {}

    /// The next piece, cut anywhere. Does not wait.
    outcome<void> write(bytes data) const { return detail::done(vw_track_write(get(), data.data(), data.size())); }
    /// Samples at the player's rate, interleaved for its channels: frames times as many as there are channels.
    outcome<void> write_samples(const float *samples, std::size_t frames) const {
        return detail::done(vw_track_write_samples(get(), samples, frames));
    }
    /// All of it has been written.
    outcome<void> finish() const { return detail::done(vw_track_finish(get())); }
    /// There is no more of it, and this is why.
    outcome<void> fail(voicewire::status why) const {
        return detail::done(vw_track_fail(get(), static_cast<std::int32_t>(why)));
    }
    /// Silent from the next read on.
    outcome<void> cancel() const { return detail::done(vw_track_cancel(get())); }

    vw_track *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_track, vw_track_free> handle_;
};

/// Plays tracks, one after the other, in the order in which they were begun, without a gap.
class player {
public:
    static outcome<player> create(const player_config &config = {}) {
        vw_player_config c;
        (void)vw_player_config_init(&c);
        detail::set(c.sample_rate, config.sample_rate);
        detail::set(c.channels, config.channels);
        detail::set(c.cushion_ms, config.cushion);
        detail::set(c.max_cushion_ms, config.max_cushion);
        detail::set(c.max_buffered_ms, config.max_buffered);
        detail::set(c.gain, config.gain);
        return detail::make<player, vw_player>([&](vw_player **out) { return vw_player_new(&c, out); });
    }

    explicit player(vw_player *raw) noexcept : handle_(raw) {}

    /// For the sound device's callback: fills out with frames times as many samples as there are channels. Wait-free, and
    /// throws nothing; out is filled with silence where there is nothing to be heard, also after a failure.
    voicewire::status read(float *out, std::size_t frames) const noexcept {
        return static_cast<voicewire::status>(vw_player_read(get(), out, frames));
    }

    outcome<void> pause() const { return detail::done(vw_player_pause(get())); }
    outcome<void> resume() const { return detail::done(vw_player_resume(get())); }
    /// Barge-in: all that was begun is silent from the next read on.
    outcome<void> flush() const { return detail::done(vw_player_flush(get())); }
    outcome<void> set_gain(float gain) const { return detail::done(vw_player_set_gain(get(), gain)); }
    outcome<void> set_cushion(milliseconds cushion) const {
        return detail::done(vw_player_set_cushion(get(), detail::wait(cushion)));
    }

    outcome<player_state> state() const {
        vw_player_state c;
        (void)vw_player_state_init(&c);
        if (vw_player_get_state(get(), &c) != VW_OK) VOICEWIRE_FAIL(error::last());
        std::optional<track_state> current;
        if (c.has_track != 0)
            current = track_state{c.track_id, c.track_position, c.track_frames, c.track_is_complete != 0};
        return player_state{static_cast<player_activity>(c.activity),
                            current,
                            c.gain,
                            c.tracks_waiting,
                            c.buffered_frames,
                            fractional_milliseconds(c.buffered_ms),
                            c.played_frames,
                            c.silent_frames,
                            c.underrun_frames,
                            c.underruns,
                            fractional_milliseconds(c.cushion_ms),
                            c.lost_ends};
    }

    /// The next track that is over for the ear, if there is one now.
    outcome<std::optional<track_end>> next_end() const {
        vw_track_end c;
        std::int32_t found = 0;
        (void)vw_track_end_init(&c);
        if (vw_player_next_end(get(), &c, &found) != VW_OK) VOICEWIRE_FAIL(error::last());
        std::optional<track_end> end;
        if (found != 0) {
            end = track_end{c.id,         static_cast<voicewire::status>(c.status),
                            c.flushed != 0, std::nullopt,
                            c.frames_played, c.underruns};
            if (c.error != nullptr) end->error = voicewire::error(*c.error);
        }
        return end;
    }

    /// A track after all that were begun before.
    outcome<track> begin(const track_options &options = {}) const {
        vw_track_options c;
        (void)vw_track_options_init(&c);
        detail::set(c.format, options.format);
        detail::set(c.sample_rate, options.sample_rate);
        c.id = options.id;
        return detail::make<track, vw_track>([&](vw_track **out) { return vw_player_begin(get(), &c, out); });
    }

    vw_player *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_player, vw_player_free> handle_;
};

VOICEWIRE_END

#endif
