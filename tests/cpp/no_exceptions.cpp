// The C++ interface without exceptions: results.
#include "check.hpp"

namespace vw = voicewire;
namespace deepdub = vw::deepdub;

#if !defined(VOICEWIRE_NO_EXCEPTIONS)
#error "for compilers with exceptions turned off"
#endif

static void a_call_speaks_or_tells_why_not() {
    vw::result<deepdub::client> client = deepdub::client::create(sandbox_config());
    CHECK(client.has_value());
    std::uint64_t bytes = 0;
    const auto spoken = client->stream_tts(request(), [&](const deepdub::chunk &chunk) { bytes += chunk.data().size(); });
    CHECK(spoken && spoken->bytes == bytes && bytes > 10000);
    const auto stopped = client->stream_tts(request(), [](const deepdub::chunk &) { return vw::flow::stop; });
    CHECK(!stopped && stopped.error().status() == vw::status::cancelled);
    const vw::result<vw::audio_file> none = vw::audio_file::create("/nowhere/at/all.wav", vw::format::wav, 16000);
    CHECK(!none && none.error().status() == vw::status::file);
    deepdub::config config = sandbox_config();
    config.api_key = "nonsense";
    CHECK(deepdub::client::create(config).error().field() == std::optional<std::string>("api_key"));
}

static void a_range_ends_and_tells_why(const deepdub::client &client) {
    auto range = client.stream(request());
    CHECK(range.has_value());
    std::uint64_t bytes = 0;
    for (const deepdub::chunk &chunk : *range) bytes += chunk.data().size();
    const auto told = range->finish();
    CHECK(told && told->bytes == bytes && bytes > 10000);
    auto broken = client.stream(request("fault:drop,after=2"));
    int chunks = 0;
    for (const deepdub::chunk &chunk : *broken) chunks += chunk.data().empty() ? 0 : 1;
    CHECK(chunks == 2 && broken->finish().error().status() == vw::status::network);
}

static void sessions_call_back(const deepdub::client &client) {
    for (const vw::delivery delivery : {vw::delivery::io_thread, vw::delivery::poll}) {
        deepdub::session_options options;
        options.delivery = delivery;
        auto session = client.open_session(options, [](const vw::state_change &) {});
        CHECK(session && session->wait_ready());
        std::uint64_t bytes = 0;
        const auto line = session->speak(request(), [&](const deepdub::chunk &chunk) { bytes += chunk.data().size(); });
        CHECK(line.has_value());
        const auto told = line->wait();
        CHECK(told && told->bytes == bytes);
        const auto failed = session->speak(request("fault:error=InsufficientCredits,after=1"), [](const deepdub::chunk &) {});
        CHECK(failed->wait().error().status() == vw::status::insufficient_credits);
        CHECK(!failed->wait(vw::milliseconds(1)).has_value());
        CHECK(session->close().has_value());
    }
    auto text = client.open_text_session(deepdub::text_config{deepdub::trial_voice});
    const auto turn = text->begin_turn([](const deepdub::chunk &) {});
    CHECK(turn->write("Hello there.") && turn->end() && turn->wait());
}

static void everything_else_is_there(const deepdub::client &client) {
    auto player = vw::player::create();
    float out[480];
    CHECK(player->read(out, 480) == vw::status::ok && player->flush());
    const auto end = player->next_end();
    CHECK(end.has_value() && !end->has_value());
    CHECK(!player->set_gain(9) && player->state()->gain == 1.0f);
    auto decoder = vw::decoder::create();
    CHECK(decoder->push({}).has_value() && decoder->finish()->frames == 0);
    deepdub::issue_request report;
    CHECK(client.create_issue(report).error().status() == vw::status::invalid_argument);
    auto outbox = deepdub::outbox::open(environment("TEST_DIRECTORY") + "/reports");
    CHECK(outbox->list()->empty() && outbox->send(client)->delivered == 0);
    CHECK(*deepdub::config_tag("es-MX", std::nullopt) == "<config locale=\"es-MX\" />");
    CHECK(vw::set_log(vw::log_level::warn, [](vw::log_level, std::string_view) {}) && vw::stop_log());
    auto token = vw::cancel_token::create();
    CHECK(token->cancel().has_value());
}

int main() {
    a_call_speaks_or_tells_why_not();
    const auto client = deepdub::client::create(sandbox_config());
    a_range_ends_and_tells_why(*client);
    sessions_call_back(*client);
    everything_else_is_there(*client);
    std::printf("%d checks\n", checks.load());
}
