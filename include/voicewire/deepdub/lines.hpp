// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: how lines and turns call back, and what is kept until their end. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_LINES_HPP
#define VOICEWIRE_DEEPDUB_LINES_HPP

#include "../player.hpp"
#include "speech.hpp"

#include <algorithm>
#include <memory>

VOICEWIRE_BEGIN

/// How a session stands with the service.
enum class session_state : vw_session_state {
    connecting = VW_SESSION_CONNECTING,
    ready = VW_SESSION_READY,
    lost = VW_SESSION_LOST,
    closed = VW_SESSION_CLOSED,
};

/// Where a session calls back.
enum class delivery : vw_delivery {
    /// On the I/O thread of its client, the moment that something comes. Hand the audio on: all sessions share it.
    io_thread = VW_DELIVERY_IO_THREAD,
    /// Only inside poll() and wait(), on the thread that calls them, and inside what closes the session.
    poll = VW_DELIVERY_POLL,
};

/// A session's state has changed.
struct state_change {
    session_state state;
    /// Why the connection was lost, or could not be made, if there is anything to say.
    std::optional<voicewire::error> error;
    /// How long until the next try, if there is one by itself.
    std::optional<fractional_milliseconds> retry_in;
};

namespace detail {

/// What the callbacks of a session's lines know of it, however long it lives itself.
struct session_core {
    const void *session = nullptr;
    delivery where = delivery::io_thread;
    /// What callbacks threw in polls, and on_state anywhere.
    carrier thrown;
};

/// Polls a session, and throws what its callbacks threw. Shares the core: a callback may destroy the session.
inline outcome<void> poll(const std::shared_ptr<session_core> core, const void *session, milliseconds timeout) {
    const vw_status code = vw_session_poll(session, wait(timeout));
    if (core != nullptr) core->thrown.rethrow();
    return done(code);
}

inline outcome<std::intptr_t> poll_handle(const void *session) {
    std::intptr_t found = 0;
    const vw_status code = vw_session_poll_handle(session, &found);
    return given(code, found);
}

inline outcome<session_state> state_of(const void *session) {
    vw_session_state found = 0;
    const vw_status code = vw_session_get_state(session, &found);
    return given(code, static_cast<session_state>(found));
}

/// Gets a session's states until the last of them.
template <class OnState> class state_receiver {
public:
    state_receiver(std::shared_ptr<session_core> core, OnState on_state)
        : core_(std::move(core)), on_state_(std::move(on_state)) {}

    static void receive(const vw_session_state_change *c, void *user_data) noexcept {
        auto *self = static_cast<state_receiver *>(user_data);
        self->core_->thrown.call([&] {
            state_change change{static_cast<session_state>(c->state), std::nullopt, std::nullopt};
            if (c->error != nullptr) change.error = error(*c->error);
            if (c->retry_in_ms >= 0) change.retry_in = fractional_milliseconds(c->retry_in_ms);
            self->on_state_(std::as_const(change));
        });
        // Nothing comes after it.
        if (c->state == VW_SESSION_CLOSED) delete self;
    }

private:
    std::shared_ptr<session_core> core_;
    OnState on_state_;
};

/// What the options of a session, of any kind, say about calling back. The receiver is the library's when it is open.
template <class Options, class OnState>
auto receive_states(Options &c, const std::optional<delivery> &where, const std::shared_ptr<session_core> &core,
                    OnState &&on_state) {
    set(c.delivery, where);
    core->where = static_cast<delivery>(c.delivery);
    using receiver = state_receiver<std::decay_t<OnState>>;
    if constexpr (std::is_same_v<std::decay_t<OnState>, nobody>) {
        return std::unique_ptr<receiver>();
    } else {
        auto made = std::make_unique<receiver>(core, std::forward<OnState>(on_state));
        c.on_state = receiver::receive;
        c.user_data = made.get();
        return made;
    }
}

} // namespace detail

namespace deepdub {

/// How a line, or a turn, ended.
class line_end {
public:
    explicit line_end(const vw_deepdub_line_end *c) noexcept : c_(c) {}

    voicewire::status status() const noexcept { return static_cast<voicewire::status>(c_->status); }
    /// Why it failed; nothing when it went well.
    std::optional<voicewire::error> error() const {
        return c_->error == nullptr ? std::nullopt : std::optional<voicewire::error>(*c_->error);
    }
    /// What it came to, also when it failed.
    deepdub::generation generation() const { return deepdub::generation::from_c(*c_->result); }

private:
    const vw_deepdub_line_end *c_;
};

/// How one line is spoken.
struct line_options {
    std::optional<bool> front{};
    std::optional<bool> resume{};
    std::optional<std::size_t> max_buffered_bytes{};
    /// Plays the line, after what has been asked for there before.
    const voicewire::player *player = nullptr;
    /// What the player's state and ends call it.
    std::uint64_t track_id = 0;
};

} // namespace deepdub

namespace detail {

/// A line or a turn between its beginning and its end, for its callbacks and for those who wait.
class line_core {
public:
    explicit line_core(std::shared_ptr<session_core> session) noexcept : session_(std::move(session)) {}
    line_core(const line_core &) = delete;
    line_core &operator=(const line_core &) = delete;
    virtual ~line_core() = default;

    /// Waits for the end, which has been called back then; why it has not.
    std::optional<error> wait(milliseconds timeout) {
        using clock = std::chrono::steady_clock;
        if (callback_depth() > 0)
            return error(status::invalid_argument, "called inside a callback, where it would wait for itself", "wait");
        if (has_ended()) return std::nullopt;
        const bool for_ever = timeout >= std::chrono::duration_cast<milliseconds>((clock::time_point::max)() - clock::now());
        // A clock counts finer: what is far below 0 would overflow.
        const clock::time_point deadline =
            for_ever ? (clock::time_point::max)() : clock::now() + (std::max)(timeout, milliseconds(0));
        if (session_->where == delivery::io_thread) {
            std::unique_lock<std::mutex> lock(mutex_);
            const auto ended = [this] { return has_ended_; };
            if (for_ever) ended_.wait(lock, ended);
            else ended_.wait_until(lock, deadline, ended);
        } else {
            // Also when the time is over already, as a poll of 0 does.
            do {
                // In pieces: another thread may make the callback that is waited for.
                const auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
                const vw_status code = vw_session_poll(session_->session, detail::wait((std::min)(left, piece)));
                session_->thrown.rethrow();
                if (code != VW_OK && !has_ended()) return error::last();
            } while (!has_ended() && (for_ever || clock::now() < deadline));
        }
        if (has_ended()) return std::nullopt;
        return error(status::timeout, "it has not ended by then", "timeout");
    }

    /// How it ended, once it has; throws what its callbacks threw on the I/O thread.
    outcome<deepdub::generation> come_to() {
        thrown_.rethrow();
        const std::lock_guard<std::mutex> lock(mutex_);
        if (why_) VOICEWIRE_FAIL(*why_);
        return *generation_;
    }

protected:
    /// Makes a callback where what it throws can be had.
    template <class F> bool call(F &&function) noexcept {
        carrier &place = session_->where == delivery::poll ? session_->thrown : thrown_;
        return place.call(std::forward<F>(function));
    }

    void finish(const deepdub::line_end &end) {
        const std::lock_guard<std::mutex> lock(mutex_);
        generation_ = end.generation();
        why_ = end.error();
        has_ended_ = true;
        ended_.notify_all();
    }

private:
    static constexpr milliseconds piece{100};

    bool has_ended() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return has_ended_;
    }

    std::shared_ptr<session_core> session_;
    carrier thrown_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false;
    std::optional<deepdub::generation> generation_;
    std::optional<error> why_;
};

/// One with its callbacks.
template <class OnChunk, class OnEnd> class line_receiver final : public line_core {
public:
    line_receiver(std::shared_ptr<session_core> session, OnChunk on_chunk, OnEnd on_end)
        : line_core(std::move(session)), on_chunk_(std::move(on_chunk)), on_end_(std::move(on_end)) {}

    static constexpr vw_deepdub_line_chunk_fn chunk_function() noexcept {
        if constexpr (std::is_same_v<OnChunk, nobody>) return nullptr;
        else return receive_chunk;
    }

    /// The end is the last call: it gives up the share in the receiver that user_data is.
    static void receive_end(const vw_deepdub_line_end *c, void *share) noexcept {
        const std::unique_ptr<std::shared_ptr<line_receiver>> last(static_cast<std::shared_ptr<line_receiver> *>(share));
        line_receiver &self = **last;
        const deepdub::line_end end(c);
        if constexpr (!std::is_same_v<OnEnd, nobody>) self.call([&] { (*self.on_end_)(end); });
        // What they hold is the caller's again before anybody has stopped waiting.
        self.on_chunk_.reset();
        self.on_end_.reset();
        self.finish(end);
    }

private:
    static std::int32_t receive_chunk(const vw_deepdub_chunk *c, void *share) noexcept {
        line_receiver &self = **static_cast<std::shared_ptr<line_receiver> *>(share);
        flow next = flow::stop;
        self.call([&] { next = flow_of(*self.on_chunk_, deepdub::chunk(c)); });
        return static_cast<std::int32_t>(next);
    }

    std::optional<OnChunk> on_chunk_;
    std::optional<OnEnd> on_end_;
};

/// Shares the core: a callback may destroy the line.
inline outcome<deepdub::generation> wait_for(const std::shared_ptr<line_core> core, milliseconds timeout) {
    if (core == nullptr) VOICEWIRE_FAIL(error(status::invalid_argument, "nothing: it has been moved from", "wait"));
    if (const auto why = core->wait(timeout)) VOICEWIRE_FAIL(*why);
    return core->come_to();
}

/// Gives C the callbacks of a line or turn, in options, and begins it: begin(&raw).
template <class Object, class C, class Options, class OnChunk, class OnEnd, class Begin>
outcome<Object> begin_line(const std::shared_ptr<session_core> &session, Options &options, OnChunk &&on_chunk,
                           OnEnd &&on_end, Begin &&begin) {
    using receiver = line_receiver<std::decay_t<OnChunk>, std::decay_t<OnEnd>>;
    auto core = std::make_shared<receiver>(session, std::forward<OnChunk>(on_chunk), std::forward<OnEnd>(on_end));
    auto share = std::make_unique<std::shared_ptr<receiver>>(core);
    options.on_chunk = receiver::chunk_function();
    options.on_end = receiver::receive_end;
    options.user_data = share.get();
    C *raw = nullptr;
    if (begin(&raw) != VW_OK) VOICEWIRE_FAIL(error::last());
    // Its last call has it now, or had it already.
    (void)share.release();
    return Object(raw, std::move(core));
}

} // namespace detail
VOICEWIRE_END

#endif
