// Three characters of a game at once, over one connection that is open before anybody speaks.
//
//     build/session
//
// Each goes into a file of its own; the bard is interrupted. All callbacks come inside poll(), on this thread, as in an
// engine that polls once a frame. With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does.
#include "service.hpp"

#include <voicewire.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

namespace deepdub = voicewire::deepdub;

static constexpr int sample_rate = 48000;

// Shared with the callbacks of its line, which may outlive the scene.
struct character {
    const char *path;
    voicewire::audio_file file;
    // How much of it the others listen to.
    std::optional<std::chrono::milliseconds> patience;
    bool has_ended = false;
};

static std::shared_ptr<character> make(const char *path, std::optional<std::chrono::milliseconds> patience = {}) {
    return std::make_shared<character>(
        character{path, voicewire::audio_file::create(path, voicewire::format::s16le, sample_rate), patience});
}

static void speak(const deepdub::session &session, const std::shared_ptr<character> &who, const char *text) {
    deepdub::speech_request request{text, deepdub::trial_voice};
    request.format = voicewire::format::s16le;
    request.sample_rate = sample_rate;
    // What a callback throws, for a full disk say, comes out of poll().
    session.speak(
        request,
        [who](const deepdub::chunk &chunk) {
            who->file.write(chunk.data());
            // Interrupted: not a chunk more from here on; the end still comes. From outside line.cancel() does it.
            const bool is_enough = who->patience && who->file.duration() > *who->patience;
            return is_enough ? voicewire::flow::stop : voicewire::flow::go_on;
        },
        [who](const deepdub::line_end &end) {
            who->has_ended = true;
            std::printf("%s: %s, %.2f s of audio\n", who->path, name(end.status()), who->file.duration().count());
        });
}

static void perform(const deepdub::session &session) {
    const auto guard = make("guard.wav"), merchant = make("merchant.wav");
    const auto bard = make("bard.wav", std::chrono::milliseconds(500));
    speak(session, guard, "Halt! Nobody enters the castle after dark.");
    speak(session, merchant, "Fresh apples, straight from the valley!");
    speak(session, bard,
          "Now hear the ballad of the seven kings, which has, I am proud to say, no fewer than ninety verses, and of which I "
          "shall leave out not a single one.");
    // An engine does not wait: session.poll(), once a frame.
    while (!guard->has_ended || !merchant->has_ended || !bard->has_ended) session.poll(std::chrono::seconds(1));
    // What came before the interruption is good.
    for (const auto &member : {guard, merchant, bard}) member->file.finish();
}

int main(int, char **argv) {
    try {
        const service service(argv[0]);
        const auto client = deepdub::client::create(service.config());
        deepdub::session_options options;
        options.delivery = voicewire::delivery::poll;
        // While the level loads: the first line then has no connection to wait for.
        const auto session = client.open_session(options);
        session.wait_ready(std::chrono::seconds(10));
        perform(session);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
