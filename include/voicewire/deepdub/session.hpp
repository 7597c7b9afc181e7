// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: many lines on one connection. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_SESSION_HPP
#define VOICEWIRE_DEEPDUB_SESSION_HPP

#include "lines.hpp"

VOICEWIRE_BEGIN
namespace deepdub {

struct session_options {
    std::optional<std::uint32_t> max_running{};
    std::optional<voicewire::delivery> delivery{};
    std::optional<milliseconds> keep_alive{};
};

/// One generation of a session: something to cancel it by, to wait for it, and to look at it. Destroying it changes
/// nothing: the line goes on, and its callbacks with it.
class line {
public:
    line(vw_deepdub_line *raw, std::shared_ptr<detail::line_core> core) noexcept
        : handle_(raw), core_(std::move(core)) {}

    /// When this returns, its on_chunk is not running and is not called again; only on_end still comes. Waits for an
    /// on_chunk that another thread is just running.
    outcome<void> cancel() const { return detail::done(vw_deepdub_line_cancel(get())); }
    /// Chunks come again after flow::pause.
    outcome<void> resume() const { return detail::done(vw_deepdub_line_resume(get())); }
    outcome<bool> is_ended() const {
        std::int32_t ended = 0;
        const vw_status code = vw_deepdub_line_is_ended(get(), &ended);
        return detail::given(code, ended != 0);
    }
    /// What it has come to so far.
    outcome<deepdub::generation> so_far() const {
        vw_deepdub_tts_result c;
        (void)vw_deepdub_tts_result_init(&c);
        if (vw_deepdub_line_get_result(get(), &c) != VW_OK) VOICEWIRE_FAIL(error::last());
        return deepdub::generation::from_c(c);
    }
    /// Waits until its on_end has returned, and tells what it came to, or fails as it did; polls the session meanwhile if
    /// that calls back in polls. status::timeout when it has not ended by then. Not inside callbacks.
    outcome<deepdub::generation> wait(milliseconds timeout = no_timeout) const {
        return detail::wait_for(core_, timeout);
    }

    vw_deepdub_line *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vw_deepdub_line, vw_deepdub_line_free> handle_;
    std::shared_ptr<detail::line_core> core_;
};

/// The chunks of a line, one by one, as they are asked for: for (const auto &chunk : chunks). The loop waits for each;
/// leaving it early and destroying this cancels the line. To be gone through once.
///
/// A failure comes out of the loop as an exception. Without exceptions the loop ends; ask finish().
class chunks {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = chunk;
        using difference_type = std::ptrdiff_t;
        using pointer = const chunk *;
        using reference = const chunk &;

        iterator() noexcept = default;
        explicit iterator(const chunks *from) noexcept : from_(from) {}
        const chunk &operator*() const noexcept { return from_->current_; }
        const chunk *operator->() const noexcept { return &from_->current_; }
        iterator &operator++() {
            from_->advance();
            return *this;
        }
        void operator++(int) { from_->advance(); }
        /// Any two that are at the end are the same.
        bool operator==(const iterator &other) const noexcept { return is_over() == other.is_over(); }
        bool operator!=(const iterator &other) const noexcept { return !(*this == other); }

    private:
        bool is_over() const noexcept { return from_ == nullptr || from_->current_.get() == nullptr; }

        const chunks *from_ = nullptr;
    };

    explicit chunks(vw_deepdub_line_stream *raw) noexcept : handle_(raw) {}

    /// Waits for the first chunk. Do not move the object while there are iterators.
    iterator begin() const {
        advance();
        return iterator(this);
    }
    iterator end() const noexcept { return iterator(nullptr); }

    /// The next chunk, or nothing after the last: begin() and end() by hand. status::timeout when none comes in time.
    outcome<std::optional<chunk>> next(milliseconds timeout = no_timeout) const {
        const vw_deepdub_chunk *found = nullptr;
        const vw_status code = vw_deepdub_line_stream_next(get(), detail::wait(timeout), &found);
        current_ = chunk(found);
        if (code != VW_OK) VOICEWIRE_FAIL(error::last());
        return found == nullptr ? std::optional<chunk>() : std::optional<chunk>(current_);
    }

    /// What it came to, skipping the chunks that are left; fails as the line did.
    outcome<deepdub::generation> finish() const {
        const vw_deepdub_chunk *found = nullptr;
        do {
            if (vw_deepdub_line_stream_next(get(), VW_NO_TIMEOUT, &found) != VW_OK) VOICEWIRE_FAIL(error::last());
        } while (found != nullptr);
        current_ = chunk(nullptr);
        return so_far();
    }
    /// What it has come to so far.
    outcome<deepdub::generation> so_far() const {
        vw_deepdub_tts_result c;
        (void)vw_deepdub_tts_result_init(&c);
        if (vw_deepdub_line_stream_get_result(get(), &c) != VW_OK) VOICEWIRE_FAIL(error::last());
        return deepdub::generation::from_c(c);
    }
    /// Ends it, from any thread: whoever waits for a chunk fails with status::cancelled.
    outcome<void> cancel() const { return detail::done(vw_deepdub_line_stream_cancel(get())); }

    vw_deepdub_line_stream *get() const noexcept { return handle_.get(); }

private:
    friend class client;

    void advance() const {
        const vw_deepdub_chunk *found = nullptr;
        const vw_status code = vw_deepdub_line_stream_next(get(), VW_NO_TIMEOUT, &found);
        current_ = chunk(code == VW_OK ? found : nullptr);
#if !defined(VOICEWIRE_NO_EXCEPTIONS)
        if (code != VW_OK) throw error::last();
#endif
    }

    /// The session of its own that a client's range has: freed after the line.
    detail::handle<vw_deepdub_session, vw_deepdub_session_free> own_session_;
    detail::handle<vw_deepdub_line_stream, vw_deepdub_line_stream_free> handle_;
    mutable chunk current_{nullptr};
};

/// A connection that is kept open, and looks after itself; speaks any number of lines, several at once.
///
/// Destroying it cancels every line and closes the connection: what close() says, but that nothing is thrown.
class session {
public:
    /// on_state(const state_change &) is told of each change.
    template <class OnState = detail::nobody>
    static outcome<session> open(vw_deepdub_client *client, const session_options &options, OnState on_state = {}) {
        vw_deepdub_session_options c;
        (void)vw_deepdub_session_options_init(&c);
        detail::set(c.max_running, options.max_running);
        detail::set(c.keep_alive_ms, options.keep_alive);
        auto core = std::make_shared<detail::session_core>();
        auto receiver = detail::receive_states(c, options.delivery, core, std::move(on_state));
        vw_deepdub_session *raw = nullptr;
        if (vw_deepdub_session_open(client, &c, &raw) != VW_OK) VOICEWIRE_FAIL(error::last());
        (void)receiver.release();
        return session(raw, std::move(core));
    }

    session(vw_deepdub_session *raw, std::shared_ptr<detail::session_core> core) noexcept
        : handle_(raw), core_(std::move(core)) {
        core_->session = raw;
    }

    /// Speaks one text; on_chunk(const chunk &) gets its chunks, and on_end(const line_end &) exactly one end, the last
    /// call. Returns at once. Both may be called before it returns, and go when on_end has returned.
    template <class OnChunk, class OnEnd = detail::nobody>
    outcome<line> speak(const speech_request &request, const line_options &options, OnChunk on_chunk, OnEnd on_end = {}) const {
        detail::texts texts;
        const vw_deepdub_tts_request c_request = request.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        vw_deepdub_line_options c = to_c(options);
        return detail::begin_line<line, vw_deepdub_line>(
            core_, c, std::move(on_chunk), std::move(on_end),
            [&](vw_deepdub_line **out) { return vw_deepdub_session_speak(get(), &c_request, &c, out); });
    }
    template <class OnChunk, class OnEnd = detail::nobody,
              class = std::enable_if_t<std::is_invocable_v<OnChunk &, const chunk &>>>
    outcome<line> speak(const speech_request &request, OnChunk on_chunk, OnEnd on_end = {}) const {
        return speak(request, line_options{}, std::move(on_chunk), std::move(on_end));
    }

    /// Speaks one text into options.player only. The end comes when all of it has come, not when it has been heard.
    template <class OnEnd = detail::nobody>
    outcome<line> play(const speech_request &request, const line_options &options, OnEnd on_end = {}) const {
        return speak(request, options, detail::nobody{}, std::move(on_end));
    }

    /// Speaks one text, whose chunks are asked for: for (const auto &chunk : session.stream(request)). Neither the player
    /// in options nor polls have to do with it.
    outcome<chunks> stream(const speech_request &request, const line_options &options = {}) const {
        detail::texts texts;
        const vw_deepdub_tts_request c_request = request.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        const vw_deepdub_line_options c = to_c(options);
        return detail::make<chunks, vw_deepdub_line_stream>(
            [&](vw_deepdub_line_stream **out) { return vw_deepdub_session_stream(get(), &c_request, &c, out); });
    }

    /// Makes the callbacks that are due, on this thread; waits up to timeout for the first. Throws what they threw.
    outcome<void> poll(milliseconds timeout = milliseconds(0)) const { return detail::poll(core_, get(), timeout); }
    /// What an event loop waits for, to become readable, before it polls.
    outcome<std::intptr_t> poll_handle() const { return detail::poll_handle(get()); }
    /// Waits until the connection is open.
    outcome<void> wait_ready(milliseconds timeout = no_timeout) const {
        return detail::done(vw_session_wait_ready(get(), detail::wait(timeout)));
    }
    outcome<session_state> state() const { return detail::state_of(get()); }

    /// Cancels every line and closes the connection. When this returns, every line has had its on_end, and nothing is
    /// called back any more; inside callbacks it waits for nothing. Throws what on_state threw. Does nothing when it is closed.
    outcome<void> close() {
        const std::shared_ptr<detail::session_core> core = core_;
        const vw_status code = handle_.free();
        if (core != nullptr) core->thrown.rethrow();
        return detail::done(code);
    }

    vw_deepdub_session *get() const noexcept { return handle_.get(); }

private:
    friend class client;

    detail::handle<vw_deepdub_session, vw_deepdub_session_free> release() noexcept { return std::move(handle_); }

    static vw_deepdub_line_options to_c(const line_options &options) noexcept {
        vw_deepdub_line_options c;
        (void)vw_deepdub_line_options_init(&c);
        detail::set(c.front, options.front);
        detail::set(c.resume, options.resume);
        detail::set(c.max_buffered_bytes, options.max_buffered_bytes);
        c.player = detail::raw(options.player);
        c.track_id = options.track_id;
        return c;
    }

    detail::handle<vw_deepdub_session, vw_deepdub_session_free> handle_;
    std::shared_ptr<detail::session_core> core_;
};

} // namespace deepdub
VOICEWIRE_END

#endif
