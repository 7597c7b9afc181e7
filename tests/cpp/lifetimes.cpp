// The C++ interface: objects that go in callbacks of their own.
#include "check.hpp"

#include <stdexcept>

namespace vw = voicewire;
namespace deepdub = vw::deepdub;

struct boom : std::runtime_error {
    boom() : std::runtime_error("boom") {}
};

template <class F> static bool booms(F &&function) {
    try {
        function();
    } catch (const boom &) {
        return true;
    }
    return false;
}

static std::unique_ptr<deepdub::session> open(const deepdub::client &client) {
    deepdub::session_options options;
    options.delivery = vw::delivery::poll;
    return std::make_unique<deepdub::session>(client.open_session(options));
}

// A game that leaves its scene when it hears of something, and keeps nothing of it.
static void a_session_goes_in_a_callback_of_its_poll(const deepdub::client &client) {
    auto session = open(client);
    int ends = 0;
    for (int line = 0; line < 3; ++line)
        session->speak(
            request(), [&](const deepdub::chunk &) { session.reset(); }, [&](const deepdub::line_end &) { ++ends; });
    while (session != nullptr) session->poll(std::chrono::seconds(10));
    CHECK(ends == 3);

    session = open(client);
    session->speak(request(), [](const deepdub::chunk &) {}, [&](const deepdub::line_end &) { session.reset(); });
    while (session != nullptr) session->poll(std::chrono::seconds(10));
}

static void what_is_thrown_then_comes_out_all_the_same(const deepdub::client &client) {
    auto session = open(client);
    session->speak(request(), [&](const deepdub::chunk &) {
        session.reset();
        throw boom();
    });
    CHECK(booms([&] {
        while (session != nullptr) session->poll(std::chrono::seconds(10));
    }));
    session = open(client);
    session->speak(request(), [](const deepdub::chunk &) {}, [&](const deepdub::line_end &) {
        session.reset();
        throw boom();
    });
    CHECK(booms([&] {
        while (session != nullptr) session->poll(std::chrono::seconds(10));
    }));
}

static void a_line_goes_in_a_callback_of_its_wait(const deepdub::client &client) {
    const auto session = open(client);
    std::optional<deepdub::line> line;
    std::uint64_t bytes = 0;
    line = session->speak(request(), [&](const deepdub::chunk &chunk) {
        line.reset();
        bytes += chunk.data().size();
    });
    // It goes on, and tells who waits for it.
    CHECK(line->wait().bytes == bytes && bytes > 10000 && !line);
}

static void a_text_session_and_its_turn_go_in_a_callback(const deepdub::client &client) {
    deepdub::text_session_options options;
    options.delivery = vw::delivery::poll;
    std::optional<deepdub::text_session> session(
        client.open_text_session(deepdub::text_config{deepdub::trial_voice}, options));
    std::optional<deepdub::turn> turn = session->begin_turn([&](const deepdub::chunk &) {
        turn.reset();
        session.reset();
    });
    turn->write("Once upon a time there was a fox.");
    turn->end();
    while (session) session->poll(std::chrono::seconds(10));
    CHECK(!turn);
}

static void a_session_goes_when_its_state_changes(const deepdub::client &client) {
    for (const vw::delivery delivery : {vw::delivery::io_thread, vw::delivery::poll}) {
        std::atomic<bool> is_open{false}, is_gone{false};
        std::optional<deepdub::session> session;
        deepdub::session_options options;
        options.delivery = delivery;
        session = client.open_session(options, [&](const vw::state_change &change) {
            // Until it is where it can be destroyed.
            while (delivery == vw::delivery::io_thread && !is_open) {}
            if (change.state != vw::session_state::ready) return;
            session.reset();
            is_gone = true;
        });
        is_open = true;
        while (!is_gone) {
            if (delivery == vw::delivery::poll) session->poll(std::chrono::seconds(10));
        }
    }
}

static void a_client_goes_in_a_callback(vw::delivery delivery) {
    std::optional<deepdub::client> client = deepdub::client::create(sandbox_config());
    deepdub::session_options options;
    options.delivery = delivery;
    const deepdub::session session = client->open_session(options);
    // One that does not come to its end by itself.
    const deepdub::line line =
        session.speak(request("fault:stall,after=1"), [&](const deepdub::chunk &) { client.reset(); });
    std::optional<vw::status> failed;
    try {
        (void)line.wait();
    } catch (const vw::error &error) {
        failed = error.status();
    }
    CHECK(failed == vw::status::cancelled && !client);

    client = deepdub::client::create(sandbox_config());
    failed.reset();
    try {
        (void)client->stream_tts(request("fault:stall,after=1"), [&](const deepdub::chunk &) { client.reset(); });
    } catch (const vw::error &error) {
        failed = error.status();
    }
    CHECK(failed == vw::status::cancelled && !client);
}

int main() {
    {
        const deepdub::client client = deepdub::client::create(sandbox_config());
        a_session_goes_in_a_callback_of_its_poll(client);
        what_is_thrown_then_comes_out_all_the_same(client);
        a_line_goes_in_a_callback_of_its_wait(client);
        a_text_session_and_its_turn_go_in_a_callback(client);
        a_session_goes_when_its_state_changes(client);
        for (const vw::delivery delivery : {vw::delivery::io_thread, vw::delivery::poll}) a_client_goes_in_a_callback(delivery);
    }
    std::printf("%d checks\n", checks.load());
}
