// SPDX-License-Identifier: MIT OR Apache-2.0
// Deepdub: reports of generations that came out wrong. Included by voicewire.hpp.
#ifndef VOICEWIRE_DEEPDUB_ISSUES_HPP
#define VOICEWIRE_DEEPDUB_ISSUES_HPP

#include "../basics.hpp"

#include <cmath>

VOICEWIRE_BEGIN
namespace deepdub {

/// What to report, or what to change in a report. A new one needs the first four.
struct issue_request {
    std::optional<std::string> generation_id{};
    std::optional<std::string> generated_text{};
    std::optional<std::string> problem_word{};
    std::optional<std::string> voice_prompt_id{};
    std::optional<std::string> additional_comments{};
    /// The bytes of an audio file, 20 MiB at most; read during the call.
    bytes problem_audio{};
    /// Instead: where it is.
    std::optional<std::string> problem_audio_path{};
    /// Where in the audio, from its beginning.
    std::optional<fractional_seconds> problem_position{};
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_issue_request to_c(detail::texts &texts) const noexcept {
        vw_deepdub_issue_request c;
        (void)vw_deepdub_issue_request_init(&c);
        texts.set(c.generation_id, generation_id, "generationId");
        texts.set(c.generated_text, generated_text, "generatedText");
        texts.set(c.problem_word, problem_word, "problemWord");
        texts.set(c.voice_prompt_id, voice_prompt_id, "voicePromptId");
        texts.set(c.additional_comments, additional_comments, "additionalComments");
        c.problem_audio = problem_audio.data();
        c.problem_audio_size = problem_audio.size();
        texts.set(c.problem_audio_path, problem_audio_path, "problemAudioFile");
        detail::set(c.problem_seconds, problem_position);
        c.cancel = detail::raw(cancel);
        return c;
    }
};

/// What is wrong with a generation that the client remembers.
struct report_options {
    /// Required.
    std::string problem_word;
    /// Where in the audio, from its beginning.
    std::optional<fractional_seconds> problem_position{};
    std::optional<std::string> comments{};
    /// How much audio is attached around it; 0 attaches nothing.
    std::optional<fractional_seconds> clip{};
    const cancel_token *cancel = nullptr;

    /// Its texts are this struct's.
    vw_deepdub_report_options to_c(detail::texts &texts) const noexcept {
        vw_deepdub_report_options c;
        (void)vw_deepdub_report_options_init(&c);
        c.problem_word = texts(problem_word, "problemWord");
        detail::set(c.problem_seconds, problem_position);
        texts.set(c.comments, comments, "additionalComments");
        detail::set(c.clip_seconds, clip);
        c.cancel = detail::raw(cancel);
        return c;
    }
};

/// A report as the service has it. What it tells lives as long as it. Destroying it changes nothing at the service. One that
/// was moved from tells nothing: its id and json() are empty.
class issue {
public:
    explicit issue(vw_deepdub_issue *raw) noexcept : handle_(raw) {}

    /// Names the report in later calls.
    std::string_view id() const noexcept { return c().id; }
    /// Such as "open", "in progress" or "resolved".
    std::optional<std::string_view> state() const noexcept { return told(c().state); }
    /// RFC 3339, as is the next.
    std::optional<std::string_view> created_at() const noexcept { return told(c().created_at); }
    std::optional<std::string_view> updated_at() const noexcept { return told(c().updated_at); }
    std::optional<std::string_view> generation_id() const noexcept { return told(c().generation_id); }
    std::optional<std::string_view> generated_text() const noexcept { return told(c().generated_text); }
    std::optional<std::string_view> problem_word() const noexcept { return told(c().problem_word); }
    std::optional<std::string_view> voice_prompt_id() const noexcept { return told(c().voice_prompt_id); }
    std::optional<std::string_view> additional_comments() const noexcept { return told(c().additional_comments); }
    std::optional<fractional_seconds> problem_position() const noexcept {
        const double seconds = c().problem_seconds;
        return std::isnan(seconds) ? std::nullopt : std::optional<fractional_seconds>(seconds);
    }
    /// The whole answer as a JSON object.
    std::string_view json() const noexcept { return c().json; }

    vw_deepdub_issue *get() const noexcept { return handle_.get(); }

private:
    static std::optional<std::string_view> told(const char *text) noexcept { return detail::text_or_nothing(text); }

    const vw_deepdub_issue &c() const noexcept {
        // Of one that was moved from.
        static constexpr vw_deepdub_issue nothing{
            sizeof(vw_deepdub_issue), "",      nullptr, nullptr,         nullptr, nullptr, nullptr,
            nullptr,                  nullptr, nullptr, double{NAN},     "",
        };
        return get() == nullptr ? nothing : *get();
    }

    detail::handle<vw_deepdub_issue, vw_deepdub_issue_free> handle_;
};

} // namespace deepdub
VOICEWIRE_END

#endif
