// A game's loop with SDL2: 60 frames a second, three characters who speak at once, each through a player of his own, mixed
// in the sound device's callback; a key interrupts one of them.
//
//     build/game_loop [--cushion MS] [--interrupt SECONDS] [--record]
//
// Keys 1, 2 and 3 interrupt the guard, the merchant and the bard; Escape leaves. --interrupt presses 3 by itself, when so
// much of the bard's line has been played. --record leaves what was heard as guard.wav, merchant.wav, bard.wav and
// heard.wav, all of them mixed. At the end it tells how long frames took while nobody spoke, and while they spoke. Where
// there is no screen and no sound device: SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy. With DEEPDUB_API_KEY set the service
// speaks; without it a local sandbox does.
#include "service.hpp"

#include <SDL.h>
#include <voicewire.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace deepdub = voicewire::deepdub;

constexpr int sample_rate = 48000, device_frames = 512, frames_per_second = 60;
constexpr std::size_t cast_size = 3, bard = 2;
// While nobody speaks, to compare with.
constexpr int quiet_frames = 2 * frames_per_second;

struct part {
    const char *name, *line, *retort, *file;
};

constexpr std::array<part, cast_size> parts{{
    {"guard", "Halt! Nobody enters the castle after dark. Those are the orders.", "Well then, go.", "guard.wav"},
    {"merchant", "Fresh apples, straight from the valley! Who will have some?", "Another time.", "merchant.wav"},
    {"bard",
     "Now hear the ballad of the seven kings, which has, I am proud to say, no fewer than ninety verses, and of which I "
     "shall leave out not a single one.",
     "Very well. I shall be silent.", "bard.wav"},
}};

struct options {
    std::chrono::milliseconds cushion{200};
    std::optional<double> interrupt_after;
    bool is_recording = false;
};

static std::runtime_error sdl_error(const char *what) { return std::runtime_error(std::string(what) + ": " + SDL_GetError()); }

// Everything that the sound device's callback touches. It never waits: no lock, no allocation, no file.
class mixer {
public:
    mixer(std::array<const voicewire::player *, cast_size> players, bool is_recording) : players_(players) {
        if (!is_recording) return;
        // A minute; what comes after it is heard, but not recorded.
        for (auto &channel : recorded_) channel.resize(std::size_t{60} * sample_rate);
    }

    static void SDLCALL on_audio(void *self, Uint8 *stream, int bytes) {
        auto *out = reinterpret_cast<float *>(stream);
        for (std::size_t left = static_cast<std::size_t>(bytes) / sizeof(float); left > 0;) {
            const std::size_t count = std::min<std::size_t>(left, device_frames);
            static_cast<mixer *>(self)->mix(out, count);
            out += count;
            left -= count;
        }
    }

    // How loud a character is now: for his lips.
    float level(std::size_t who) const { return levels_[who].load(std::memory_order_relaxed); }

    // When the device is closed.
    void save() const {
        for (std::size_t who = 0; who < cast_size; ++who) save(parts[who].file, recorded_[who]);
        save("heard.wav", recorded_[cast_size]);
    }

private:
    void mix(float *out, std::size_t count) {
        const std::size_t place = recorded_frames_;
        const bool is_recording = place + count <= recorded_[0].size();
        std::fill_n(out, count, 0.0f);
        for (std::size_t who = 0; who < cast_size; ++who) {
            players_[who]->read(voice_.data(), count);
            float loudest = 0;
            for (std::size_t i = 0; i < count; ++i) {
                loudest = std::max(loudest, std::abs(voice_[i]));
                // All at once are no louder than one may be.
                out[i] += voice_[i] / cast_size;
            }
            levels_[who].store(loudest, std::memory_order_relaxed);
            if (is_recording) std::copy_n(voice_.data(), count, recorded_[who].data() + place);
        }
        if (!is_recording) return;
        std::copy_n(out, count, recorded_[cast_size].data() + place);
        recorded_frames_ = place + count;
    }

    void save(const char *path, const std::vector<float> &samples) const {
        std::vector<std::uint8_t> bytes;
        bytes.reserve(recorded_frames_ * 2);
        for (std::size_t i = 0; i < recorded_frames_; ++i) {
            const auto sample = static_cast<std::uint16_t>(std::lround(std::clamp(samples[i], -1.0f, 1.0f) * 32767));
            bytes.push_back(static_cast<std::uint8_t>(sample & 0xff));
            bytes.push_back(static_cast<std::uint8_t>(sample >> 8));
        }
        auto file = voicewire::audio_file::create(path, voicewire::format::s16le, sample_rate);
        file.write(bytes);
        file.finish();
    }

    std::array<const voicewire::player *, cast_size> players_;
    std::array<float, device_frames> voice_{};
    std::array<std::atomic<float>, cast_size> levels_{};
    // One for each character, and one for all of them.
    std::array<std::vector<float>, cast_size + 1> recorded_;
    std::size_t recorded_frames_ = 0;
};

// SDL, a window and a sound device that plays the mixer.
class screen_and_sound {
public:
    explicit screen_and_sound(mixer &mixer) {
        if (SDL_Init(SDL_INIT_AUDIO | SDL_INIT_VIDEO) != 0) throw sdl_error("SDL");
        window_ = SDL_CreateWindow("Three characters", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, 480, 270, 0);
        renderer_ = window_ == nullptr ? nullptr : SDL_CreateRenderer(window_, -1, SDL_RENDERER_SOFTWARE);
        SDL_AudioSpec wanted{};
        wanted.freq = sample_rate;
        wanted.format = AUDIO_F32SYS;
        wanted.channels = 1;
        wanted.samples = device_frames;
        wanted.callback = mixer::on_audio;
        wanted.userdata = &mixer;
        // No changes allowed: SDL converts where the device wants something else.
        if (renderer_ != nullptr) device_ = SDL_OpenAudioDevice(nullptr, 0, &wanted, nullptr, 0);
        if (device_ == 0) {
            const auto error = sdl_error("screen or sound device");
            close();
            throw error;
        }
        SDL_PauseAudioDevice(device_, 0);
    }
    ~screen_and_sound() { close(); }
    screen_and_sound(const screen_and_sound &) = delete;
    screen_and_sound &operator=(const screen_and_sound &) = delete;

    void draw(const mixer &mixer) const {
        SDL_SetRenderDrawColor(renderer_, 24, 24, 32, 255);
        SDL_RenderClear(renderer_);
        for (std::size_t who = 0; who < cast_size; ++who) {
            const int height = 8 + static_cast<int>(mixer.level(who) * 200);
            const SDL_Rect mouth{60 + static_cast<int>(who) * 130, 250 - height, 100, height};
            SDL_SetRenderDrawColor(renderer_, 200, static_cast<Uint8>(80 + 60 * who), 90, 255);
            SDL_RenderFillRect(renderer_, &mouth);
        }
        SDL_RenderPresent(renderer_);
    }

private:
    void close() {
        // When this returns, the callback is not running and is not called again.
        if (device_ != 0) SDL_CloseAudioDevice(device_);
        if (renderer_ != nullptr) SDL_DestroyRenderer(renderer_);
        if (window_ != nullptr) SDL_DestroyWindow(window_);
        SDL_Quit();
    }

    SDL_Window *window_ = nullptr;
    SDL_Renderer *renderer_ = nullptr;
    SDL_AudioDeviceID device_ = 0;
};

// One who speaks through a player of his own.
class character {
public:
    character(const part &part, std::chrono::milliseconds cushion) : part_(part), player_(make(cushion)) {}

    const voicewire::player &player() const { return player_; }
    bool is_silent() const { return waiting_ == 0; }

    void speak(const deepdub::session &session, const char *text) {
        deepdub::speech_request request{text, deepdub::trial_voice};
        request.format = voicewire::format::mp3;
        request.sample_rate = sample_rate;
        request.seed = 7;
        deepdub::line_options options;
        options.player = &player_;
        options.track_id = texts_.size();
        session.play(request, options);
        texts_.push_back(text);
        ++waiting_;
    }

    // Silent from the next read on, and then the last word.
    void interrupt(const deepdub::session &session) {
        if (is_silent() || has_retorted_) return;
        has_retorted_ = true;
        player_.flush();
        speak(session, part_.retort);
    }

    // How much of the first line has been played.
    double played_seconds() const {
        const auto track = player_.state().track;
        return track && track->id == 0 ? static_cast<double>(track->position) / sample_rate : 0;
    }

    // Once a frame: subtitles, and what is over for the ear.
    void follow() {
        const auto state = player_.state();
        if (state.track && state.activity == voicewire::player_activity::playing && state.track->id != shown_) {
            shown_ = state.track->id;
            std::printf("%s: %s\n", part_.name, texts_[*shown_]);
        }
        while (const auto end = player_.next_end()) {
            --waiting_;
            std::printf("%s: %s after %.2f s\n", part_.name, end->is_flushed ? "interrupted" : name(end->status),
                        static_cast<double>(end->frames_played) / sample_rate);
            if (end->error && !end->is_flushed) throw *end->error;
        }
    }

private:
    static voicewire::player make(std::chrono::milliseconds cushion) {
        voicewire::player_config config;
        config.sample_rate = sample_rate;
        config.cushion = cushion;
        config.max_cushion = std::max(cushion, std::chrono::milliseconds(2000));
        return voicewire::player::create(config);
    }

    const part &part_;
    voicewire::player player_;
    std::vector<const char *> texts_;
    std::optional<std::uint64_t> shown_;
    int waiting_ = 0;
    bool has_retorted_ = false;
};

// How long frames took, in milliseconds.
class frame_times {
public:
    void add(double work, double whole) {
        work_.push_back(work);
        whole_.push_back(whole);
    }

    void print(const char *when) {
        std::printf("%-9s %4zu frames; work p50 %.2f p95 %.2f p99 %.2f max %.2f ms; frame to frame p50 %.2f p95 %.2f p99 "
                    "%.2f max %.2f ms\n",
                    when, work_.size(), at(work_, 0.5), at(work_, 0.95), at(work_, 0.99), at(work_, 1), at(whole_, 0.5),
                    at(whole_, 0.95), at(whole_, 0.99), at(whole_, 1));
    }

private:
    static double at(std::vector<double> &times, double share) {
        if (times.empty()) return 0;
        std::sort(times.begin(), times.end());
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    }

    std::vector<double> work_, whole_;
};

static double milliseconds_since(Uint64 begin) {
    return static_cast<double>(SDL_GetPerformanceCounter() - begin) * 1000 /
           static_cast<double>(SDL_GetPerformanceFrequency());
}

static void press(SDL_Keycode key) {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.sym = key;
    SDL_PushEvent(&event);
}

// What the players of the game want. False to leave.
static bool handle_input(std::deque<character> &cast, const deepdub::session &session) {
    SDL_Event event;
    while (SDL_PollEvent(&event) != 0) {
        if (event.type == SDL_QUIT) return false;
        if (event.type != SDL_KEYDOWN) continue;
        const SDL_Keycode key = event.key.keysym.sym;
        if (key == SDLK_ESCAPE) return false;
        if (key >= SDLK_1 && key < SDLK_1 + static_cast<int>(cast_size))
            cast[static_cast<std::size_t>(key - SDLK_1)].interrupt(session);
    }
    return true;
}

static void play(const deepdub::session &session, std::deque<character> &cast, mixer &mixer, const options &options) {
    const screen_and_sound device(mixer);
    frame_times quiet, speaking;
    bool is_pressed = false;
    const Uint64 begin = SDL_GetPerformanceCounter();
    for (int frame = 0;; ++frame) {
        frame_times &times = frame < quiet_frames ? quiet : speaking;
        const double start = milliseconds_since(begin);
        if (!handle_input(cast, session)) break;
        session.poll();
        if (frame == quiet_frames)
            for (std::size_t who = 0; who < cast_size; ++who) cast[who].speak(session, parts[who].line);
        for (character &member : cast) member.follow();
        if (options.interrupt_after && !is_pressed && cast[bard].played_seconds() >= *options.interrupt_after) {
            is_pressed = true;
            press(SDLK_1 + static_cast<int>(bard));
        }
        device.draw(mixer);
        if (frame > quiet_frames && std::all_of(cast.begin(), cast.end(), [](auto &member) { return member.is_silent(); }))
            break;

        const double work = milliseconds_since(begin) - start;
        const double left = (frame + 1) * 1000.0 / frames_per_second - milliseconds_since(begin);
        if (left > 0) SDL_Delay(static_cast<Uint32>(left));
        times.add(work, milliseconds_since(begin) - start);
    }
    // What has been read is still on its way through the device.
    SDL_Delay(100);
    quiet.print("quiet");
    speaking.print("speaking");
}

static options read_arguments(int argc, char **argv) {
    options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--record") options.is_recording = true;
        else if (argument == "--cushion" && i + 1 < argc) options.cushion = std::chrono::milliseconds(std::atoi(argv[++i]));
        else if (argument == "--interrupt" && i + 1 < argc) options.interrupt_after = std::atof(argv[++i]);
        else throw std::runtime_error("usage: game_loop [--cushion MS] [--interrupt SECONDS] [--record]");
    }
    return options;
}

int main(int argc, char **argv) {
    try {
        const options options = read_arguments(argc, argv);
        const service service(argv[0]);
        const auto client = deepdub::client::create(service.config());
        deepdub::session_options polled;
        polled.delivery = voicewire::delivery::poll;
        const auto session = client.open_session(polled);
        std::deque<character> cast;
        for (const part &part : parts) cast.emplace_back(part, options.cushion);
        mixer mixer({&cast[0].player(), &cast[1].player(), &cast[2].player()}, options.is_recording);
        play(session, cast, mixer, options);
        if (options.is_recording) mixer.save();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
