// The C++ interface with exceptions: calls, callbacks, audio, reports.
#include "check.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>
#if defined(__cpp_lib_span)
#include <span>
#endif

namespace vw = voicewire;
namespace deepdub = vw::deepdub;

// The error of what must fail.
template <class F> static vw::error failure(F &&function) {
    try {
        function();
    } catch (const vw::error &error) {
        return error;
    }
    std::fprintf(stderr, "it should have failed\n");
    std::exit(1);
}

struct boom : std::runtime_error {
    boom() : std::runtime_error("boom") {}
};

template <class F> static bool booms(F &&function) {
    try {
        function();
    } catch (const boom &error) {
        return std::string("boom") == error.what();
    }
    return false;
}

// Everything of what a request comes to.
static std::vector<std::uint8_t> hear(const deepdub::client &client, const deepdub::speech_request &request) {
    std::vector<std::uint8_t> all;
    (void)client.stream_tts(request, [&](const deepdub::chunk &chunk) { append(all, chunk.data()); });
    return all;
}

static void a_call_speaks(const deepdub::client &client) {
    std::uint64_t chunks = 0, bytes = 0;
    int finals = 0;
    const deepdub::generation told = client.stream_tts(request(), [&](const deepdub::chunk &chunk) {
        CHECK(chunk.index() == chunks++);
        CHECK(chunk.generation_id().size() == 36);
        CHECK(chunk.samples().data() == chunk.data().data());
        bytes += chunk.data().size();
        finals += chunk.is_final() ? 1 : 0;
    });
    CHECK(told.bytes == bytes && bytes > 10000);
    CHECK(told.id.size() == 36 && finals == 1);
    CHECK(told.first_chunk && *told.first_chunk <= told.total);
}

static void a_callback_stops_a_call(const deepdub::client &client) {
    int calls = 0;
    const vw::error error = failure([&] {
        (void)client.stream_tts(request(), [&](const deepdub::chunk &) {
            ++calls;
            return vw::flow::stop;
        });
    });
    CHECK(calls == 1);
    CHECK(error.status() == vw::status::cancelled);
    CHECK(error.chunks_received() == 1 && error.bytes_received() > 0);
    CHECK(error.generation_id() && error.generation_id()->size() == 36);
}

static void what_a_callback_throws_comes_out_of_the_call(const deepdub::client &client) {
    int calls = 0;
    CHECK(booms([&] {
        (void)client.stream_tts(request(), [&](const deepdub::chunk &) {
            ++calls;
            throw boom();
        });
    }));
    CHECK(calls == 1);
}

static void errors_tell_what_is_known() {
    const vw::error error = failure([] {
        deepdub::config config = sandbox_config();
        config.api_key = "nonsense";
        (void)deepdub::client::create(config);
    });
    CHECK(error.status() == vw::status::invalid_argument);
    CHECK(error.field() == std::optional<std::string>("api_key"));
    CHECK(std::string(error.what()).find(error.message()) != std::string::npos && !error.message().empty());
    CHECK(!error.retry_after() && !error.audio_byte() && !error.url() && error.http_status() == 0);
    CHECK(std::string(vw::name(error.status())) == "VW_ERR_INVALID_ARGUMENT");
    CHECK(std::string(vw::text(vw::status::timeout)).size() > 3);
    const deepdub::client client = deepdub::client::create(sandbox_config());
    const vw::error limited = failure([&] { (void)hear(client, request("fault:error=RateLimit,after=0")); });
    CHECK(limited.status() == vw::status::rate_limited);
    CHECK(limited.vendor_type() == std::optional<std::string>("RateLimit"));
    deepdub::config config = sandbox_config();
    *config.websocket_url += "?fault=http=429,retry-after=7";
    const vw::error busy = failure([&] { (void)hear(deepdub::client::create(config), request()); });
    CHECK(busy.http_status() == 429 && busy.retry_after() == vw::fractional_seconds(7));
}

static void a_nul_inside_a_text_is_refused(const deepdub::client &client) {
    using namespace std::string_literals;
    deepdub::speech_request bad = request();
    bad.text = "one\0two"s;
    vw::error error = failure([&] { (void)hear(client, bad); });
    CHECK(error.status() == vw::status::invalid_argument && error.field() == std::optional<std::string>("targetText"));
    CHECK(failure([&] { (void)client.get_issue("a\0b"s); }).field() == std::optional<std::string>("id"));
    CHECK(failure([&] { (void)vw::format_for_path("a\0.wav"s); }).field() == std::optional<std::string>("path"));
    // Not NUL-terminated where it ends, which a view need not be.
    CHECK(vw::format_for_path(std::string_view("a.wavelet").substr(0, 5)) == vw::format::wav);
}

static void settings_reach_the_service(const deepdub::client &client) {
    deepdub::speech_request slow = request(), fast = request();
    slow.tempo = 0.5;
    fast.tempo = 2.0;
    CHECK(hear(client, slow).size() > 2 * hear(client, fast).size());
    deepdub::speech_request timed = request();
    timed.target_duration = std::chrono::seconds(2);
    const double seconds = static_cast<double>(hear(client, timed).size()) / 32000;
    CHECK(std::abs(seconds - 2) < 0.2);
    deepdub::speech_request accented = request();
    accented.accent = deepdub::accent{"en-US", "fr-FR", 7.0};
    CHECK(failure([&] { (void)hear(client, accented); }).status() == vw::status::invalid_argument);
    accented.accent->ratio = 0.5;
    CHECK(!hear(client, accented).empty());
}

static void tokens_cancel() {
    const deepdub::client client = deepdub::client::create(sandbox_config());
    const vw::cancel_token token = vw::cancel_token::create();
    deepdub::speech_request stalled = request("fault:stall,after=1");
    stalled.cancel = &token;
    std::thread other;
    const vw::error error = failure([&] {
        (void)client.stream_tts(stalled, [&](const deepdub::chunk &) { other = std::thread([&] { token.cancel(); }); });
    });
    other.join();
    CHECK(error.status() == vw::status::cancelled);
}

static void handles_are_moved_and_moved_from() {
    deepdub::client first = deepdub::client::create(sandbox_config());
    deepdub::client second = std::move(first);
    CHECK(first.get() == nullptr && second.get() != nullptr);
    CHECK(failure([&] { (void)hear(first, request()); }).status() == vw::status::invalid_argument);
    first = std::move(second);
    CHECK(!hear(first, request()).empty());
    // What it held is freed.
    first = deepdub::client::create(sandbox_config());
    deepdub::client &same = first;
    first = std::move(same);
    CHECK(!hear(first, request()).empty());
}

static void files_are_written(const deepdub::client &client) {
    const std::string path = environment("TEST_DIRECTORY") + "/spoken.wav";
    vw::audio_file file = vw::audio_file::create(path, vw::format::s16le, 16000);
    std::uint64_t size = 0;
    (void)client.stream_tts(request(), [&](const deepdub::chunk &chunk) {
        file.write(chunk.data());
        size += chunk.data().size();
    });
    CHECK(std::abs(file.duration().count() - static_cast<double>(size) / 32000) < 1e-6);
    CHECK(std::fopen(path.c_str(), "rb") == nullptr);
    file.finish();
    std::FILE *written = std::fopen(path.c_str(), "rb");
    CHECK(written != nullptr && std::fseek(written, 0, SEEK_END) == 0);
    CHECK(static_cast<std::uint64_t>(std::ftell(written)) == size + 44);
    std::fclose(written);
    vw::decoder_config config;
    config.format = vw::format::s16le;
    config.sample_rate = 16000;
    config.output_rate = 8000;
    vw::audio_file decoded = vw::audio_file::create_decoded(path, config, vw::wav_samples::f32);
    const std::vector<std::uint8_t> second(32000);
    decoded.write(second);
    CHECK(std::abs(decoded.duration().count() - 1) < 0.01);
    CHECK(failure([&] { (void)vw::audio_file::create("a.mp3", vw::format::wav, 16000); }).field().has_value());
}

static void audio_is_decoded(const deepdub::client &client) {
    vw::decoder_config config;
    config.output_rate = 48000;
    config.channels = 2;
    vw::decoder decoder = vw::decoder::create(config);
    CHECK(!decoder.info().source_format);
    deepdub::speech_request mp3 = request();
    mp3.format = vw::format::mp3;
    std::size_t frames = 0;
    float loudest = 0;
    (void)client.stream_tts(mp3, [&](const deepdub::chunk &chunk) {
        const vw::decoded<float> decoded = decoder.push(chunk.data());
        CHECK(decoded.samples.size() == 2 * decoded.frames);
        for (const float sample : decoded.samples) loudest = std::max(loudest, std::abs(sample));
        frames += decoded.frames;
    });
    frames += decoder.finish().frames;
    const vw::decoder_info info = decoder.info();
    CHECK(info.source_format == vw::format::mp3 && info.sample_rate == 48000 && info.channels == 2);
    CHECK(info.source_rate == 16000 && std::abs(info.decoded.count() - static_cast<double>(frames) / 48000) < 0.1);
    CHECK(frames > 48000 && loudest > 0.05f);

    vw::decoder_config bare;
    bare.format = vw::format::s16le;
    bare.sample_rate = 16000;
    vw::decoder integers = vw::decoder::create(bare);
    const std::array<std::uint8_t, 4> four{0x34, 0x12, 0xff, 0x7f};
    const vw::decoded<std::int16_t> two = integers.push_s16(four);
    CHECK(two.frames == 2 && two.samples[0] == 0x1234 && two.samples[1] == 0x7fff);
    CHECK(integers.finish_s16().samples.empty());
    CHECK(failure([&] { (void)integers.push_s16(four); }).status() == vw::status::invalid_argument);
}

static void good_audio_before_broken_audio_is_not_lost(const deepdub::client &client) {
    deepdub::speech_request wav = request();
    wav.format = vw::format::wav;
    std::vector<std::uint8_t> bytes = hear(client, wav);
    const vw::audio_bytes joined = vw::audio_bytes::as_sent(vw::format::wav, 16000, bytes);
    CHECK(joined.data().size() > 44 && joined.data().size() < bytes.size() && std::memcmp(joined.data().data(), "RIFF", 4) == 0);
    bytes.assign(joined.data().begin(), joined.data().end());
    vw::decoder_config config;
    config.format = vw::format::wav;
    const vw::audio_bytes whole = vw::audio_bytes::decoded(config, vw::wav_samples::s16, bytes);
    CHECK(whole.data().size() == bytes.size());
    // After it a header of a file with 24 bits a sample, which is none that is known.
    std::vector<std::uint8_t> header(bytes.begin(), bytes.begin() + 44);
    header[34] = 13;
    bytes.insert(bytes.end(), header.begin(), header.end());
    vw::decoder decoder = vw::decoder::create(config);
    const vw::error error = failure([&] {
        (void)decoder.push(bytes);
        (void)decoder.finish();
    });
    CHECK(error.status() == vw::status::bad_audio && error.audio_byte() && error.audio_position());
    CHECK(decoder.before_error().frames > 10000);
}

static void players_play(const deepdub::client &client) {
    vw::player_config config;
    config.cushion = vw::milliseconds(0);
    vw::player player = vw::player::create(config);
    std::array<float, 480> out{};
    CHECK(player.read(out.data(), out.size()) == vw::status::ok);
    CHECK(player.state().activity == vw::player_activity::idle && !player.state().track);

    vw::track_options options;
    options.sample_rate = 16000;
    options.id = 5;
    const vw::track track = player.begin(options);
    const deepdub::generation told = client.stream_tts(request(), track);
    const std::uint64_t frames = told.bytes / 2 * 3;
    CHECK(player.state().track && player.state().track->id == 5 && player.state().track->is_complete);
    float loudest = 0;
    std::optional<vw::track_end> end;
    for (std::uint64_t read = 0; !end && read < 2 * frames; read += out.size()) {
        player.read(out.data(), out.size());
        for (const float sample : out) loudest = std::max(loudest, std::abs(sample));
        end = player.next_end();
    }
    CHECK(end && end->id == 5 && end->status == vw::status::ok && !end->is_flushed && !end->error);
    CHECK(end->frames_played + 200 > frames && end->frames_played < frames + 200 && loudest > 0.05f);
    CHECK(player.state().played_frames == end->frames_played && player.state().silent_frames > 0);

    // Barge-in stops the call, too.
    const vw::track flushed = player.begin(options);
    player.flush();
    CHECK(failure([&] { (void)client.stream_tts(request(), flushed); }).status() == vw::status::cancelled);
    player.read(out.data(), out.size());
    end = player.next_end();
    CHECK(end && end->is_flushed && end->status == vw::status::cancelled && end->error);

    // Its end tells why there was not more of it.
    const vw::track poor = player.begin(options);
    CHECK(failure([&] { (void)client.stream_tts(request("fault:error=InsufficientCredits,after=1"), poor); }).status() ==
          vw::status::insufficient_credits);
    for (end.reset(); !end; end = player.next_end()) player.read(out.data(), out.size());
    CHECK(end->status == vw::status::insufficient_credits && end->frames_played > 0 && !end->is_flushed);

    const vw::track failed = player.begin();
    failed.write_samples(out.data(), out.size());
    failed.fail(vw::status::server);
    player.pause();
    CHECK(player.state().activity == vw::player_activity::paused);
    player.resume();
    player.set_gain(0.5f);
    player.set_cushion(vw::milliseconds(10));
    for (int i = 0; i < 4; ++i) player.read(out.data(), out.size());
    end = player.next_end();
    CHECK(end && end->status == vw::status::server && end->error->status() == vw::status::server);
    CHECK(failure([&] { player.set_gain(9); }).field() == std::optional<std::string>("gain"));
    const vw::track cancelled = player.begin();
    cancelled.write(vw::bytes(reinterpret_cast<const std::uint8_t *>(out.data()), 8));
    cancelled.cancel();
    CHECK(failure([&] { cancelled.finish(); cancelled.write(vw::bytes(reinterpret_cast<const std::uint8_t *>(out.data()), 8)); })
              .status() == vw::status::cancelled);
    vw::player gone = std::move(player);
    CHECK(player.read(out.data(), out.size()) == vw::status::invalid_argument && out[0] == 0);
}

static void reports_are_filed_and_kept(const deepdub::client &client) {
    deepdub::issue_request report;
    report.generation_id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    report.generated_text = "Who goes there?";
    report.problem_word = "there";
    report.voice_prompt_id = deepdub::trial_voice;
    report.problem_position = std::chrono::milliseconds(900);
    const std::string id(client.create_issue(report).id());
    deepdub::issue read = client.get_issue(id);
    CHECK(read.id() == id && read.problem_word() == std::optional<std::string_view>("there"));
    CHECK(read.problem_position() && std::abs(read.problem_position()->count() - 0.9) < 1e-9);
    CHECK(read.state() && read.generated_text() && read.voice_prompt_id() && read.generation_id());
    CHECK(!read.additional_comments() && read.created_at() && read.updated_at() && read.json().find(id) != std::string_view::npos);
    const deepdub::issue kept = std::move(read);
    CHECK(kept.id() == id && read.id().empty() && read.json().empty());
    CHECK(!read.state() && !read.created_at() && !read.updated_at() && !read.generation_id() && !read.generated_text());
    CHECK(!read.problem_word() && !read.voice_prompt_id() && !read.additional_comments() && !read.problem_position());
    deepdub::issue_request changes;
    changes.additional_comments = "twice";
    CHECK(client.update_issue(id, changes).additional_comments() == std::optional<std::string_view>("twice"));
    client.delete_issue(id);
    CHECK(failure([&] { (void)client.get_issue(id); }).status() == vw::status::not_found);

    (void)hear(client, request());
    deepdub::report_options options{"fox"};
    options.problem_position = std::chrono::seconds(1);
    CHECK(client.report(std::nullopt, options).problem_word() == std::optional<std::string_view>("fox"));

    const deepdub::outbox outbox = deepdub::outbox::open(environment("TEST_DIRECTORY") + "/reports");
    const std::string first = outbox.add(report), second = outbox.add_report(client, std::nullopt, options);
    const deepdub::outbox_reports waiting = outbox.list();
    CHECK(waiting.size() == 2 && waiting[0].id() == first && waiting[1].clip_bytes() > 0);
    CHECK(waiting[0].state() == deepdub::outbox_state::waiting && waiting[0].created() && !waiting[0].delivered());
    CHECK(booms([&] { (void)outbox.send(client, [](const deepdub::outbox_report &) { throw boom(); }); }));
    std::vector<std::string> tried;
    const deepdub::outbox_summary summary =
        outbox.deliver(client, std::chrono::seconds(30), [&](const deepdub::outbox_report &told) {
            CHECK(told.state() == deepdub::outbox_state::delivered && told.issue_id());
            tried.emplace_back(told.id());
        });
    CHECK(summary.delivered == 1 && summary.waiting == 0 && summary.status == vw::status::ok && !summary.retry_after);
    CHECK(tried.size() == 1 && tried[0] == second);
    CHECK(outbox.send(client).delivered == 0);
    std::size_t delivered = 0;
    for (const deepdub::outbox_report &told : outbox.list()) delivered += told.delivered() ? 1U : 0U;
    CHECK(delivered == 2);
    CHECK(failure([&] { outbox.retry(first); }).status() == vw::status::invalid_argument);
    outbox.drop(first);
    deepdub::outbox_reports one = outbox.list();
    const deepdub::outbox_reports kept_one = std::move(one);
    CHECK(kept_one.size() == 1 && one.size() == 0 && one.empty() && one.begin() == one.end());
}

static void the_log_comes() {
    auto lines = std::make_shared<std::atomic<int>>(0);
    vw::set_log(vw::log_level::debug, [lines](vw::log_level, std::string_view line) {
        CHECK(!line.empty());
        ++*lines;
        throw boom();
    });
    (void)hear(deepdub::client::create(sandbox_config()), request());
    CHECK(*lines > 0 && lines.use_count() == 2);
    vw::stop_log();
    CHECK(lines.use_count() == 1);
    vw::set_log(vw::log_level::debug, [](vw::log_level, std::string_view) {
        try {
            vw::stop_log();
            CHECK(false);
        } catch (const vw::error &error) {
            CHECK(error.status() == vw::status::invalid_argument);
        }
    });
    (void)hear(deepdub::client::create(sandbox_config()), request());
    vw::stop_log();
}

static void views_are_made_of_what_is_contiguous() {
    const std::vector<std::uint8_t> list{1, 2, 3};
    const vw::bytes seen = list;
    CHECK(seen.data() == list.data() && seen.size() == 3 && seen[2] == 3);
    float samples[4] = {};
    vw::view<float> written(samples);
    written[1] = 2;
    CHECK(samples[1] == 2.0f && vw::view<const float>(written).size() == 4);
#if defined(__cpp_lib_span)
    const std::span<const std::uint8_t> span = seen;
    CHECK(span.data() == list.data() && span.size() == 3);
    CHECK(vw::bytes(span).data() == list.data());
#endif
    static_assert(!std::is_copy_constructible_v<deepdub::client> && std::is_nothrow_move_constructible_v<deepdub::client>);
    static_assert(std::is_nothrow_move_assignable_v<deepdub::session> && std::is_nothrow_copy_constructible_v<vw::error>);
}

int main() {
    const deepdub::client client = deepdub::client::create(sandbox_config());
    a_call_speaks(client);
    a_callback_stops_a_call(client);
    what_a_callback_throws_comes_out_of_the_call(client);
    errors_tell_what_is_known();
    a_nul_inside_a_text_is_refused(client);
    settings_reach_the_service(client);
    tokens_cancel();
    handles_are_moved_and_moved_from();
    files_are_written(client);
    audio_is_decoded(client);
    good_audio_before_broken_audio_is_not_lost(client);
    players_play(client);
    reports_are_filed_and_kept(client);
    the_log_comes();
    views_are_made_of_what_is_contiguous();
    CHECK(std::string(vw::version()).find('.') != std::string::npos);
    std::printf("%d checks\n", checks.load());
}
