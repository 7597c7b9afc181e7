// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: reports in a directory until the service has them. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_OUTBOX_HPP
#define VOICEWIRE_DEEPDUB_OUTBOX_HPP

#include "client.hpp"

VOICEWIRE_BEGIN
namespace deepdub {

struct outbox_options {
    std::optional<std::uint64_t> max_bytes{};
    std::optional<std::uint64_t> max_reports{};
    std::optional<std::uint64_t> max_delivered{};
};

/// What a sending came to.
struct outbox_summary {
    std::uint64_t delivered, rejected, waiting;
    /// The last failure that left a report waiting; ok when there was none.
    voicewire::status status;
    std::optional<fractional_seconds> retry_after;
};

enum class outbox_state : vw_outbox_state {
    waiting = VW_OUTBOX_WAITING,
    rejected = VW_OUTBOX_REJECTED,
    delivered = VW_OUTBOX_DELIVERED,
    unreadable = VW_OUTBOX_UNREADABLE,
};

/// A report in an outbox: valid as long as the list that it is in, or until the callback returns.
class outbox_report {
public:
    using time = std::chrono::time_point<std::chrono::system_clock, fractional_seconds>;

    explicit outbox_report(const vw_deepdub_outbox_report *c) noexcept : c_(c) {}

    /// The outbox's id for it; of a file that is none of the outbox's, its name.
    std::string_view id() const noexcept { return c_->id; }
    outbox_state state() const noexcept { return static_cast<outbox_state>(c_->state); }
    std::uint32_t attempts() const noexcept { return c_->attempts; }
    /// Nothing when it is unreadable.
    std::optional<time> created() const noexcept { return at(c_->created); }
    std::optional<time> delivered() const noexcept { return at(c_->delivered); }
    /// The service's id for it, once it is delivered.
    std::optional<std::string_view> issue_id() const noexcept { return detail::text_or_nothing(c_->issue_id); }
    /// Why it has not been delivered.
    voicewire::status error_status() const noexcept { return static_cast<voicewire::status>(c_->error_status); }
    int error_http_status() const noexcept { return c_->error_http_status; }
    std::optional<std::string_view> error_message() const noexcept { return detail::text_or_nothing(c_->error_message); }
    std::optional<std::string_view> generation_id() const noexcept { return detail::text_or_nothing(c_->generation_id); }
    std::optional<std::string_view> problem_word() const noexcept { return detail::text_or_nothing(c_->problem_word); }
    std::optional<std::string_view> voice_prompt_id() const noexcept { return detail::text_or_nothing(c_->voice_prompt_id); }
    std::uint64_t clip_bytes() const noexcept { return c_->clip_bytes; }
    std::uint64_t size() const noexcept { return c_->size; }

private:
    static std::optional<time> at(double seconds) noexcept {
        return std::isnan(seconds) ? std::nullopt : std::optional<time>(time(fractional_seconds(seconds)));
    }

    const vw_deepdub_outbox_report *c_;
};

/// What is in an outbox, oldest first, as it was when it was asked for. A range; one that was moved from is empty.
class outbox_reports {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = outbox_report;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = outbox_report;

        iterator() noexcept = default;
        explicit iterator(const vw_deepdub_outbox_report *const *at) noexcept : at_(at) {}
        outbox_report operator*() const noexcept { return outbox_report(*at_); }
        iterator &operator++() noexcept {
            ++at_;
            return *this;
        }
        void operator++(int) noexcept { ++at_; }
        bool operator==(const iterator &other) const noexcept { return at_ == other.at_; }
        bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

    private:
        const vw_deepdub_outbox_report *const *at_ = nullptr;
    };

    explicit outbox_reports(vw_deepdub_outbox_reports *raw) noexcept : handle_(raw) {}

    std::size_t size() const noexcept { return handle_.get() == nullptr ? 0 : handle_.get()->count; }
    bool empty() const noexcept { return size() == 0; }
    outbox_report operator[](std::size_t place) const noexcept { return outbox_report(first()[place]); }
    iterator begin() const noexcept { return iterator(first()); }
    iterator end() const noexcept { return iterator(first() + size()); }

private:
    const vw_deepdub_outbox_report *const *first() const noexcept {
        return handle_.get() == nullptr ? nullptr : handle_.get()->reports;
    }

    detail::handle<vw_deepdub_outbox_reports, vw_deepdub_outbox_reports_free> handle_;
};

/// Reports in a directory, from where they are sent: now, when the network is back, or by the next process.
class outbox {
public:
    static outcome<outbox> open(std::string_view path, const outbox_options &options = {}) {
        const std::string copy(path);
        detail::texts texts;
        const char *c_path = texts(copy, "path");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        vw_deepdub_outbox_options c;
        (void)vw_deepdub_outbox_options_init(&c);
        detail::set(c.max_bytes, options.max_bytes);
        detail::set(c.max_reports, options.max_reports);
        detail::set(c.max_delivered, options.max_delivered);
        return detail::make<outbox, vw_deepdub_outbox>(
            [&](vw_deepdub_outbox **out) { return vw_deepdub_outbox_open(c_path, &c, out); });
    }

    explicit outbox(vw_deepdub_outbox *raw) noexcept : handle_(raw) {}

    /// Takes a report, and returns its id when it is safe on the disk.
    outcome<std::string> add(const issue_request &report) const {
        detail::texts texts;
        const vw_deepdub_issue_request c = report.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        char id[VW_OUTBOX_ID_SIZE] = "";
        if (vw_deepdub_outbox_add(get(), &c, id) != VW_OK) VOICEWIRE_FAIL(error::last());
        return std::string(id);
    }
    /// Takes a report about one of the client's last generations, as client::report makes it.
    outcome<std::string> add_report(const client &client, std::optional<std::string_view> generation_id,
                                    const report_options &options) const {
        const std::optional<std::string> copy(generation_id);
        const char *c_id = nullptr;
        detail::texts texts;
        texts.set(c_id, copy, "generationId");
        const vw_deepdub_report_options c = options.to_c(texts);
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        char id[VW_OUTBOX_ID_SIZE] = "";
        if (vw_deepdub_outbox_add_report(get(), client.get(), c_id, &c, id) != VW_OK) VOICEWIRE_FAIL(error::last());
        return std::string(id);
    }

    /// Sends all reports that wait, once. on_report(const outbox_report &) is told of each that was tried.
    template <class OnReport = detail::nobody>
    outcome<outbox_summary> send(const client &client, OnReport &&on_report = {}, const cancel_token *cancel = nullptr) const {
        return sending(on_report, [&](vw_deepdub_outbox_report_fn function, void *user_data, vw_deepdub_outbox_summary *c) {
            return vw_deepdub_outbox_send(get(), client.get(), function, user_data, detail::raw(cancel), c);
        });
    }
    /// Sends reports until none waits any more, or the time is over. For a thread of the program's.
    template <class OnReport = detail::nobody>
    outcome<outbox_summary> deliver(const client &client, milliseconds timeout, OnReport &&on_report = {},
                                    const cancel_token *cancel = nullptr) const {
        return sending(on_report, [&](vw_deepdub_outbox_report_fn function, void *user_data, vw_deepdub_outbox_summary *c) {
            return vw_deepdub_outbox_deliver(get(), client.get(), detail::wait(timeout), function, user_data,
                                             detail::raw(cancel), c);
        });
    }

    outcome<outbox_reports> list() const {
        return detail::make<outbox_reports, vw_deepdub_outbox_reports>(
            [&](vw_deepdub_outbox_reports **out) { return vw_deepdub_outbox_list(get(), out); });
    }
    /// Has a rejected report wait again.
    outcome<void> retry(std::string_view id) const { return change(vw_deepdub_outbox_retry, id); }
    /// Removes a report, whatever its state.
    outcome<void> drop(std::string_view id) const { return change(vw_deepdub_outbox_drop, id); }

    vw_deepdub_outbox *get() const noexcept { return handle_.get(); }

private:
    template <class OnReport, class Send> static outcome<outbox_summary> sending(OnReport &on_report, Send &&send) {
        struct call {
            OnReport &on_report;
            detail::carrier thrown;

            static std::int32_t receive(const vw_deepdub_outbox_report *c, void *self) noexcept {
                flow next = flow::stop;
                auto &of = *static_cast<call *>(self);
                if constexpr (!std::is_same_v<std::decay_t<OnReport>, detail::nobody>)
                    of.thrown.call([&] { next = detail::flow_of(of.on_report, outbox_report(c)); });
                return static_cast<std::int32_t>(next);
            }
        } call{on_report, {}};
        constexpr bool is_told = !std::is_same_v<std::decay_t<OnReport>, detail::nobody>;
        vw_deepdub_outbox_summary c;
        (void)vw_deepdub_outbox_summary_init(&c);
        const vw_status code = send(is_told ? call.receive : nullptr, &call, &c);
        call.thrown.rethrow();
        if (code != VW_OK) VOICEWIRE_FAIL(error::last());
        outbox_summary told{c.delivered, c.rejected, c.waiting, static_cast<voicewire::status>(c.status), std::nullopt};
        if (c.retry_after_seconds >= 0) told.retry_after = fractional_seconds(c.retry_after_seconds);
        return told;
    }

    outcome<void> change(vw_status (*function)(vw_deepdub_outbox *, const char *), std::string_view id) const {
        const std::string copy(id);
        detail::texts texts;
        const char *c_id = texts(copy, "id");
        if (!texts.are_good()) VOICEWIRE_FAIL(texts.why());
        return detail::done(function(get(), c_id));
    }

    detail::handle<vw_deepdub_outbox, vw_deepdub_outbox_free> handle_;
};

} // namespace deepdub
VOICEWIRE_END

#endif
