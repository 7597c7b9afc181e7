// The C++ interface with exceptions: sessions, text sessions, ranges.
#include "check.hpp"

#include <mutex>
#include <stdexcept>
#include <thread>

namespace vw = voicewire;
namespace deepdub = vw::deepdub;

struct boom : std::runtime_error {
    boom() : std::runtime_error("boom") {}
};

template <class F> static vw::error failure(F &&function) {
    try {
        function();
    } catch (const vw::error &error) {
        return error;
    }
    std::fprintf(stderr, "it should have failed\n");
    std::exit(1);
}

template <class F> static bool booms(F &&function) {
    try {
        function();
    } catch (const boom &) {
        return true;
    }
    return false;
}

static deepdub::session open(const deepdub::client &client, vw::delivery delivery) {
    deepdub::session_options options;
    options.delivery = delivery;
    return client.open_session(options);
}

static std::vector<std::uint8_t> hear(const deepdub::client &client, const deepdub::speech_request &request) {
    std::vector<std::uint8_t> all;
    (void)client.stream_tts(request, [&](const deepdub::chunk &chunk) { append(all, chunk.data()); });
    return all;
}

static void lines_speak_and_are_waited_for(const deepdub::client &client, vw::delivery delivery) {
    const std::vector<std::uint8_t> expected = hear(client, request());
    const deepdub::session session = open(client, delivery);
    session.wait_ready(std::chrono::seconds(10));
    CHECK(session.state() == vw::session_state::ready);
    std::vector<std::uint8_t> heard;
    auto ends = std::make_shared<int>(0);
    const deepdub::line line = session.speak(
        request(), [&heard](const deepdub::chunk &chunk) { append(heard, chunk.data()); },
        [ends](const deepdub::line_end &end) {
            CHECK(end.status() == vw::status::ok && !end.error() && end.generation().bytes > 10000);
            ++*ends;
        });
    const deepdub::generation told = line.wait();
    CHECK(heard == expected && told.bytes == heard.size() && line.is_ended());
    CHECK(*ends == 1 && ends.use_count() == 1);
    CHECK(line.so_far().bytes == told.bytes && line.so_far().id == told.id);
    CHECK(line.wait().id == told.id);
}

static void what_callbacks_throw_comes_out(const deepdub::client &client, vw::delivery delivery) {
    deepdub::session session = open(client, delivery);
    vw::status ended = vw::status::ok;
    const deepdub::line thrower = session.speak(
        request(), [](const deepdub::chunk &) { throw boom(); },
        [&](const deepdub::line_end &end) { ended = end.status(); });
    CHECK(booms([&] { (void)thrower.wait(); }));
    // Of a poll it may come before the end.
    CHECK(failure([&] { (void)thrower.wait(); }).status() == vw::status::cancelled);
    CHECK(ended == vw::status::cancelled);
    const deepdub::line late = session.speak(
        request(), [](const deepdub::chunk &) {}, [](const deepdub::line_end &) { throw boom(); });
    CHECK(booms([&] { (void)late.wait(); }));
    CHECK(late.wait().bytes > 10000);
    session.close();
}

static void polls_throw_what_their_callbacks_threw(const deepdub::client &client) {
    deepdub::session session = open(client, vw::delivery::poll);
    bool has_ended = false;
    session.speak(request(), [](const deepdub::chunk &) { throw boom(); },
                  [&](const deepdub::line_end &) { has_ended = true; });
    CHECK(booms([&] {
        while (true) session.poll(std::chrono::seconds(10));
    }));
    while (!has_ended) session.poll(std::chrono::seconds(10));
    CHECK(session.poll_handle() >= 0);
    // Of what close() itself calls back.
    session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {},
                  [](const deepdub::line_end &) { throw boom(); });
    CHECK(booms([&] { session.close(); }));
    session.close();
}

static void states_are_told(const deepdub::client &client) {
    std::mutex mutex;
    std::vector<vw::session_state> states;
    auto shared = std::make_shared<int>();
    {
        deepdub::session session = client.open_session({}, [&, shared](const vw::state_change &change) {
            const std::lock_guard<std::mutex> lock(mutex);
            states.push_back(change.state);
            if (change.state == vw::session_state::closed) throw boom();
        });
        session.wait_ready();
        CHECK(booms([&] { session.close(); }));
    }
    CHECK(shared.use_count() == 1);
    CHECK(states.front() == vw::session_state::connecting && states.back() == vw::session_state::closed);
    deepdub::config config = sandbox_config();
    config.websocket_url = "ws://127.0.0.1:9/open";
    const deepdub::client lost = deepdub::client::create(config);
    std::optional<vw::error> why;
    {
        const deepdub::session session = lost.open_session({}, [&](const vw::state_change &change) {
            const std::lock_guard<std::mutex> lock(mutex);
            if (change.error && !why) why = change.error;
        });
        CHECK(failure([&] { session.wait_ready(vw::milliseconds(300)); }).status() != vw::status::ok);
        // It is told on another thread.
        const auto is_told = [&] {
            const std::lock_guard<std::mutex> lock(mutex);
            return why.has_value();
        };
        while (!is_told()) std::this_thread::yield();
    }
    CHECK(why && why->status() == vw::status::network);
}

static void lines_are_cancelled_paused_and_resumed(const deepdub::client &client, vw::delivery delivery) {
    const deepdub::session session = open(client, delivery);
    const deepdub::line stalled = session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {});
    CHECK(failure([&] { (void)stalled.wait(vw::milliseconds(20)); }).status() == vw::status::timeout);
    stalled.cancel();
    CHECK(failure([&] { (void)stalled.wait(); }).status() == vw::status::cancelled);
    std::atomic<int> calls{0};
    const deepdub::line paused = session.speak(request(), [&](const deepdub::chunk &) {
        return ++calls == 1 ? vw::flow::pause : vw::flow::go_on;
    });
    while (calls == 0) {
        if (delivery == vw::delivery::poll) session.poll(std::chrono::seconds(10));
    }
    CHECK(failure([&] { (void)paused.wait(vw::milliseconds(20)); }).status() == vw::status::timeout);
    CHECK(calls == 1);
    paused.resume();
    CHECK(paused.wait().chunks > 1 && calls > 1);
    const deepdub::line stopped = session.speak(request(), [&](const deepdub::chunk &) { return vw::flow::stop; });
    CHECK(failure([&] { (void)stopped.wait(); }).status() == vw::status::cancelled);
}

static void nobody_waits_for_himself(const deepdub::client &client, vw::delivery delivery) {
    const deepdub::session session = open(client, delivery);
    const deepdub::line other = session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {});
    std::optional<vw::status> got;
    const deepdub::line line = session.speak(request(), [&](const deepdub::chunk &) {
        got = failure([&] { (void)other.wait(); }).status();
        return vw::flow::stop;
    });
    CHECK(failure([&] { (void)line.wait(); }).status() == vw::status::cancelled);
    CHECK(got == vw::status::invalid_argument);
}

// Everything is moved while it is being called back.
static void objects_may_be_moved_while_callbacks_run(vw::delivery delivery) {
    auto client = std::make_unique<deepdub::client>(deepdub::client::create(sandbox_config()));
    auto session = std::make_unique<deepdub::session>(open(*client, delivery));
    std::vector<std::uint8_t> heard;
    auto line = std::make_unique<deepdub::line>(session->speak(
        request("fault:chunk-delay=5"), [&heard](const deepdub::chunk &chunk) { append(heard, chunk.data()); }));
    deepdub::client moved_client = std::move(*client);
    client.reset();
    deepdub::session moved_session = std::move(*session);
    session.reset();
    deepdub::line moved_line = std::move(*line);
    CHECK(failure([&] { (void)line->wait(); }).status() == vw::status::invalid_argument);
    line.reset();
    CHECK(moved_line.wait().bytes == heard.size());
    // What is assigned to frees what it had, and a session may go before its lines.
    const deepdub::line first = moved_session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {});
    moved_session = open(moved_client, delivery);
    CHECK(failure([&] { (void)first.wait(std::chrono::seconds(30)); }).status() == vw::status::cancelled);
    const deepdub::line left = moved_session.speak(request("fault:stall,after=1"), [](const deepdub::chunk &) {});
    { const deepdub::session gone = std::move(moved_session); }
    CHECK(failure([&] { (void)left.wait(); }).status() == vw::status::cancelled);
    CHECK(failure([&] { moved_session.poll(); }).status() == vw::status::invalid_argument);
    CHECK(failure([&] { (void)moved_session.speak(request(), [](const deepdub::chunk &) {}); }).status() ==
          vw::status::invalid_argument);
    // Closing what is closed, or gone, is nothing.
    moved_session.close();
    moved_session = open(moved_client, delivery);
    moved_session.close();
    moved_session.close();
}

static void callbacks_hold_what_cannot_be_copied(const deepdub::client &client) {
    const deepdub::session session = client.open_session();
    auto size = std::make_unique<std::uint64_t>(0);
    std::uint64_t *seen = size.get();
    std::uint64_t last = 0;
    const deepdub::line line = session.speak(
        request(), [size = std::move(size)](const deepdub::chunk &chunk) { *size += chunk.data().size(); },
        [seen, &last](const deepdub::line_end &) { last = *seen; });
    CHECK(line.wait().bytes == last);
    // Refused: nothing is called, and nothing is left.
    auto shared = std::make_shared<int>();
    deepdub::speech_request bad = request();
    bad.text.clear();
    CHECK(failure([&] { (void)session.speak(bad, [shared](const deepdub::chunk &) {}); }).status() ==
          vw::status::invalid_argument);
    CHECK(shared.use_count() == 1);
}

static void a_range_has_all_chunks(const deepdub::client &client) {
    const std::vector<std::uint8_t> expected = hear(client, request());
    std::vector<std::uint8_t> heard;
    std::uint64_t chunks = 0;
    for (const deepdub::chunk &chunk : client.stream(request())) {
        CHECK(chunk.index() == chunks++);
        append(heard, chunk.data());
    }
    CHECK(heard == expected);
    heard.clear();
    const deepdub::session session = open(client, vw::delivery::poll);
    const deepdub::chunks range = session.stream(request());
    for (const auto &chunk : range) append(heard, chunk.samples());
    CHECK(heard == expected && range.finish().bytes == heard.size());
    const deepdub::chunks by_hand = session.stream(request());
    CHECK(by_hand.next()->index() == 0 && by_hand.next(std::chrono::seconds(10))->index() == 1);
    CHECK(by_hand.finish().bytes == expected.size() && !by_hand.next());
}

static void leaving_a_range_cancels_its_line(const deepdub::client &client) {
    const deepdub::session session = client.open_session();
    int chunks = 0;
    // One at a time: the next could not begin if this one went on.
    for (int turn = 0; turn < 12; ++turn) {
        for (const deepdub::chunk &chunk : session.stream(request("fault:stall,after=2"))) {
            CHECK(chunk.index() == 0);
            ++chunks;
            break;
        }
    }
    CHECK(chunks == 12);
    for (const deepdub::chunk &chunk : client.stream(request("fault:stall,after=2"))) {
        if (chunk.index() == 1) break;
    }
    const deepdub::chunks stalled = session.stream(request("fault:stall,after=1"));
    CHECK(stalled.next() && failure([&] { (void)stalled.next(vw::milliseconds(10)); }).status() == vw::status::timeout);
    std::thread other([&] { stalled.cancel(); });
    CHECK(failure([&] { (void)stalled.next(); }).status() == vw::status::cancelled);
    other.join();
}

static void a_range_throws_what_its_line_failed_with(const deepdub::client &client) {
    std::uint64_t chunks = 0;
    const vw::error error = failure([&] {
        for (const deepdub::chunk &chunk : client.stream(request("fault:drop,after=2"))) chunks = chunk.index() + 1;
    });
    CHECK(chunks == 2 && error.status() == vw::status::network && error.chunks_received() == 2);
    CHECK(booms([&] {
        for (const deepdub::chunk &chunk : client.stream(request()))
            if (chunk.index() == 1) throw boom();
    }));
    deepdub::chunks range = client.stream(request());
    deepdub::chunks moved = std::move(range);
    CHECK(moved.next()->index() == 0);
    moved = client.stream(request());
    CHECK(moved.next()->index() == 0);
    CHECK(failure([&] { (void)range.next(); }).status() == vw::status::invalid_argument);
}

static void lines_play_on_players(const deepdub::client &client) {
    const deepdub::session session = client.open_session();
    const vw::player player = vw::player::create();
    deepdub::line_options options;
    options.player = &player;
    options.track_id = 9;
    const deepdub::generation told = session.play(request(), options).wait();
    const vw::player_state state = player.state();
    CHECK(state.track && state.track->id == 9 && state.track->is_complete);
    CHECK(state.buffered_frames + 200 > told.bytes / 2 * 3 && told.bytes > 10000);
}

static void text_is_streamed_in(const deepdub::client &client, vw::delivery delivery) {
    deepdub::text_config config{deepdub::trial_voice};
    config.first_audio_timeout = std::chrono::milliseconds(500);
    deepdub::text_session_options options;
    options.delivery = delivery;
    deepdub::text_session session = client.open_text_session(config, options);
    session.wait_ready();
    CHECK(session.ping(std::chrono::seconds(10)).count() >= 0);
    std::vector<std::uint8_t> heard;
    deepdub::turn turn = session.begin_turn([&](const deepdub::chunk &chunk) { append(heard, chunk.data()); });
    for (const std::string_view token : {"Once upon ", "a time. ", "There was ", "a fox."}) turn.write(token);
    turn.switch_to("fr-FR", std::nullopt);
    turn.write("Voilà.");
    deepdub::turn moved = std::move(turn);
    moved.end();
    const deepdub::generation told = moved.wait();
    CHECK(told.bytes == heard.size() && heard.size() > 10000 && moved.is_ended() && moved.so_far().id == told.id);
    using namespace std::string_literals;
    CHECK(failure([&] { moved.write("a\0b"s); }).field() == std::optional<std::string>("text"));
    CHECK(failure([&] { moved.write("more"); }).status() == vw::status::closed);
    config.locale = "de-DE";
    session.configure(config);
    const deepdub::turn thrower = session.begin_turn([](const deepdub::chunk &) { throw boom(); });
    thrower.write("Once upon a time.");
    thrower.end();
    CHECK(booms([&] { (void)thrower.wait(); }));
    const vw::player player = vw::player::create();
    deepdub::turn_options played;
    played.player = &player;
    const deepdub::turn silent = session.play_turn(played);
    silent.write("Never mind.");
    silent.cancel();
    silent.resume();
    CHECK(failure([&] { (void)silent.wait(); }).status() == vw::status::cancelled);
    CHECK(session.state() == vw::session_state::ready);
    if (delivery == vw::delivery::poll) CHECK(session.poll_handle() >= 0);
    else CHECK(failure([&] { session.poll(); }).status() == vw::status::invalid_argument);
    session.close();
}

static void tags_are_made() {
    CHECK(deepdub::config_tag("es-MX", std::nullopt) == "<config locale=\"es-MX\" />");
    CHECK(deepdub::config_tag(std::nullopt, std::nullopt).empty());
}

int main() {
    {
        const deepdub::client client = deepdub::client::create(sandbox_config());
        for (const vw::delivery delivery : {vw::delivery::io_thread, vw::delivery::poll}) {
            lines_speak_and_are_waited_for(client, delivery);
            what_callbacks_throw_comes_out(client, delivery);
            lines_are_cancelled_paused_and_resumed(client, delivery);
            nobody_waits_for_himself(client, delivery);
            objects_may_be_moved_while_callbacks_run(delivery);
            text_is_streamed_in(client, delivery);
        }
        polls_throw_what_their_callbacks_threw(client);
        states_are_told(client);
        callbacks_hold_what_cannot_be_copied(client);
        a_range_has_all_chunks(client);
        leaving_a_range_cancels_its_line(client);
        a_range_throws_what_its_line_failed_with(client);
        lines_play_on_players(client);
        tags_are_made();
    }
    std::printf("%d checks\n", checks.load());
}
