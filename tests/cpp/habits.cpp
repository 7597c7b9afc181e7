// What other people's programs do: macros called min and max, braces with the first fields only, algorithms and views.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <variant>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

// As windows.h has them, unless it is told not to.
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#include <voicewire.hpp>
#undef min
#undef max

#include "check.hpp"

namespace vw = voicewire;
namespace deepdub = vw::deepdub;

static std::size_t size_of(const deepdub::chunk &chunk) { return chunk.data().size(); }

// -Wextra has a warning for fields without a default that braces leave out.
static void the_first_fields_are_enough() {
    CHECK(deepdub::config{"dd-1"}.api_key == std::string("dd-1"));
    CHECK(vw::player_config{24000, 2}.channels == 2);
    CHECK(vw::decoder_config{vw::format::opus}.format == vw::format::opus);
    CHECK(deepdub::session_options{3}.max_running == 3u);
    CHECK(vw::track_options{vw::format::wav}.id == 0);
    CHECK(deepdub::accent{"en-US", "fr-FR"}.ratio == 0);
    CHECK(deepdub::line_options{true}.front == true);
}

static void an_error_that_was_moved_from_still_tells() {
    vw::error first(vw::status::file, "is full", "path");
    const vw::error second(std::move(first));
    CHECK(std::string(first.what()) == second.what() && first.status() == vw::status::file);
    vw::error third(vw::status::ok, "", "");
    third = std::move(first);
    CHECK(first.message() == "is full" && third.message() == "is full");
}

static void algorithms_go_through_ranges(const deepdub::session &session) {
    const std::uint64_t bytes = session.stream(request()).finish().bytes;
    const deepdub::chunks all = session.stream(request());
    const auto add = [](std::size_t sum, const deepdub::chunk &chunk) { return sum + size_of(chunk); };
    CHECK(bytes > 10000 && std::accumulate(all.begin(), all.end(), std::size_t{0}, add) == bytes);
    const deepdub::chunks some = session.stream(request());
    const auto second = std::find_if(some.begin(), some.end(), [](const auto &chunk) { return chunk.index() == 1; });
    CHECK(second->index() == 1);
    const deepdub::chunks::iterator nowhere;
    CHECK(nowhere == some.end());
#if defined(__cpp_lib_ranges)
    static_assert(std::ranges::input_range<deepdub::chunks> && std::ranges::input_range<const deepdub::chunks>);
    static_assert(std::ranges::input_range<vw::respeecher::list> && std::ranges::input_range<vw::palabra::list>);
    static_assert(std::ranges::input_range<deepdub::outbox_reports> && std::ranges::contiguous_range<vw::bytes>);
// Before 16 clang does not understand the views of GNU's library, whatever they are of.
#if !defined(__clang__) || __clang_major__ >= 16
    std::size_t viewed = 0;
    for (const std::size_t size : session.stream(request()) | std::views::transform(size_of)) viewed += size;
    CHECK(viewed == bytes);
#endif
#endif
}

struct counter {
    std::uint64_t bytes = 0;
    void operator()(const deepdub::chunk &chunk) { bytes += size_of(chunk); }
};

// Whatever can be called with a const chunk &, which also is what an auto & is.
static void callbacks_take_what_they_get_as_they_like(const deepdub::client &client) {
    counter object;
    const std::uint64_t bytes = client.stream_tts(request(), object).bytes;
    CHECK(bytes > 10000 && object.bytes == bytes);
    std::uint64_t heard = 0;
    (void)client.stream_tts(request(), [&](auto &chunk) { heard += size_of(chunk); });
    (void)client.stream_tts(request(), [&](auto &&chunk) { heard += size_of(chunk); });
    (void)client.stream_tts(request(), [&](const deepdub::chunk chunk) { heard += size_of(chunk); });
    (void)client.stream_tts(request(), std::ref(object));
    const deepdub::session session = client.open_session();
    (void)session.speak(request(), [&](auto &chunk) { heard += size_of(chunk); }, [](auto &) {}).wait();
    CHECK(heard == 4 * bytes && object.bytes == 2 * bytes);
}

// Of what is over already, by however much. (The line itself runs out of time later.)
static void waits_bear_with_any_duration(const deepdub::session &session) {
    const deepdub::line stalled = session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {});
    const vw::milliseconds long_ago(-10'000'000'000'000);
    for (const vw::milliseconds timeout : {(vw::milliseconds::min)(), long_ago, vw::milliseconds(-1), vw::milliseconds(0)}) {
        std::optional<std::string> field;
        try {
            (void)stalled.wait(timeout);
        } catch (const vw::error &error) {
            field = error.field();
        }
        CHECK(field == "timeout");
    }
}

int main() {
    the_first_fields_are_enough();
    an_error_that_was_moved_from_still_tells();
    const deepdub::client client = deepdub::client::create(sandbox_config());
    algorithms_go_through_ranges(client.open_session());
    callbacks_take_what_they_get_as_they_like(client);
    waits_bear_with_any_duration(client.open_session());
    std::printf("%d checks\n", checks.load());
}
