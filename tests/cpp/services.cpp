// The C++ interface with exceptions: JSON, Respeecher, Palabra.
#include "check.hpp"

#include <stdexcept>

namespace vw = voicewire;

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

static std::string in_directory(const char *name) { return environment("TEST_DIRECTORY") + "/" + name; }

static void values_are_read_and_built() {
    using namespace std::string_literals;
    const vw::json read = vw::json::parse(R"({"list": [{"name": "Ada", "age": 0}, {"name": "Bo", "ratio": 0.5}], "on": false, "none": null})");
    CHECK(read.type() == vw::json_type::object && read.type("/list") == vw::json_type::array && read.size("/list") == 2);
    CHECK(read.text("/list/0/name") == std::optional<std::string_view>("Ada") && !read.text("/list/0/age"));
    CHECK(read.integer("/list/0/age") == std::optional<std::int64_t>(0) && !read.integer("/list/0/name") && !read.integer("/x"));
    CHECK(read.number("/list/1/ratio") == 0.5 && !read.number("/on") && read.boolean("/on") == false && !read.boolean("/x"));
    CHECK(read.type("/none") == vw::json_type::null && read.type("/x") == vw::json_type::absent);
    CHECK(read.key("", 0).has_value() && !read.key("", 9));
    // Not cut to "/list".
    CHECK(read.type("/list\0/x"s) == vw::json_type::absent);
    vw::json built = vw::json::create();
    built.set("/text", "one");
    built.set("/string", std::string("two"));
    built.set("/int", 3);
    built.set("/number", 4.5);
    built.set("/bool", true);
    built.set("/null", nullptr);
    built.set("/copy", read.at("/list/0"));
    const char *const nothing = nullptr;
    CHECK(failure([&] { built.set("/none", nothing); }).status() == vw::status::invalid_argument);
    CHECK(built.text("/text") == std::optional<std::string_view>("one") && built.text("/string") == std::optional<std::string_view>("two"));
    CHECK(built.integer("/int") == std::optional<std::int64_t>(3) && built.number("/number") == 4.5 && built.boolean("/bool") == true);
    CHECK(built.type("/null") == vw::json_type::null && built.text("/copy/name") == std::optional<std::string_view>("Ada"));
    CHECK(vw::json::parse(built.dump()).size() == 7);
    CHECK(failure([&] { built.set("/nul", "a\0b"s); }).status() == vw::status::invalid_argument);
    CHECK(failure([&] { (void)vw::json::parse("{"); }).status() != vw::status::ok);
}

static vw::http_config once() {
    vw::http_config http;
    http.retries = 0;
    return http;
}

static std::string first_voice_and_style(const vw::respeecher::client &client, std::string &style) {
    // A loop that is left leaves the rest unasked.
    const auto voices = client.list("list_voices");
    CHECK(voices.offset() == 0 && voices.next() && voices.offset() == 1);
    for (const vw::json &voice : client.list("list_voices")) {
        if (!voice.text("/narration_styles/0/id")) continue;
        style = *voice.text("/narration_styles/0/id");
        return std::string(*voice.text("/id"));
    }
    CHECK(!"there is a voice");
    return {};
}

static void respeecher_converts() {
    vw::respeecher::config config;
    config.api_key = environment("TEST_RESPEECHER_KEY");
    config.base_url = environment("TEST_SERVICES_URL");
    config.http = once();
    const vw::respeecher::client client = vw::respeecher::client::create(config);
    CHECK(vw::respeecher::client::endpoint(0) && !vw::respeecher::client::endpoint(1000));
    bool has_uploads = false;
    for (std::size_t i = 0; const auto endpoint = vw::respeecher::client::endpoint(i); ++i) {
        CHECK(!endpoint->name().empty() && !endpoint->method().empty() && endpoint->path()[0] == '/');
        has_uploads |= endpoint->uploads();
    }
    CHECK(has_uploads);
    vw::json parameters = vw::json::create();
    parameters.set("/name", "Alice");
    const vw::json project = client.call("create_project", &parameters);
    CHECK(project.text("/id").has_value());
    CHECK(failure([&] { (void)client.call("nonsense"); }).field() == std::optional<std::string>("name"));
    CHECK(failure([&] { (void)client.list("create_project"); }).status() == vw::status::invalid_argument);

    vw::respeecher::job job;
    vw::respeecher::conversion wanted;
    std::string style;
    wanted.voice_id = first_voice_and_style(client, style);
    wanted.narration_style_id = style;
    job.text = "Down the rabbit hole.";
    job.project_id = std::string(*project.text("/id"));
    job.conversions = {wanted};
    job.directory = in_directory("takes");
    job.polling_first = vw::milliseconds(1);
    std::optional<vw::json> so_far;
    CHECK(booms([&] {
        (void)client.convert(
            job,
            [](const vw::respeecher::progress &progress) {
                if (progress.stage == vw::respeecher::stage::ordering) throw boom();
            },
            nullptr, &so_far);
    }));
    CHECK(so_far && so_far->text("/recording_id"));
    // And then to its end.
    job.recording_id = std::string(*so_far->text("/recording_id"));
    job.text.reset();
    job.project_id.reset();
    int told = 0;
    const vw::json come_of_it = client.convert(job, [&](const vw::respeecher::progress &progress) {
        CHECK(!progress.stage_name.empty() && progress.done <= progress.total);
        ++told;
    });
    CHECK(told > 2 && come_of_it.size("/files") == 1 && come_of_it.integer("/files/0/bytes").value() > 1000);
    const std::string path(*come_of_it.text("/files/0/path"));
    std::FILE *file = std::fopen(path.c_str(), "rb");
    CHECK(file != nullptr && std::fclose(file) == 0);

    // What was made goes up again, and down as a zip.
    vw::json take = vw::json::create();
    take.set("/parent_folder_id", *come_of_it.text("/folder_id"));
    vw::upload audio;
    audio.path = path;
    std::int64_t sent = 0;
    const vw::json recording = client.upload("create_recording", &take, audio, [&](const vw::transfer &transfer) {
        CHECK(transfer.done >= sent && (!transfer.total || transfer.done <= *transfer.total));
        sent = transfer.done;
    });
    CHECK(sent > 1000 && recording.text("/id"));
    CHECK(booms([&] { (void)client.upload("create_recording", &take, audio, [](const vw::transfer &) { throw boom(); }); }));
    vw::save_to to;
    to.file = in_directory("a.zip");
    vw::json of = vw::json::create();
    of.set("/original_id", *come_of_it.text("/recording_id"));
    CHECK(client.download("export_conversions", &of, to).integer("/bytes").value() > 1000);
    const auto url = come_of_it.text("/files/0/recording/url");
    CHECK(url.has_value());
    CHECK(failure([&] { (void)client.download_url(*url, to, [](const vw::transfer &) { return vw::flow::stop; }); }).status() ==
          vw::status::cancelled);
    CHECK(client.download_url(*url, to).integer("/bytes").value() > 1000);
    CHECK(failure([&] { (void)client.login(); }).status() == vw::status::invalid_argument);
    client.logout();
}

static void palabra_clones() {
    vw::palabra::config config;
    config.api_key = environment("TEST_PALABRA_KEY");
    config.base_url = environment("TEST_SERVICES_URL");
    config.http = once();
    const vw::palabra::client client = vw::palabra::client::create(config);
    CHECK(vw::palabra::client::endpoint(0) && !vw::palabra::client::endpoint(1000));
    // A second of a tone.
    vw::audio_file wav = vw::audio_file::create(in_directory("voice.wav"), vw::format::s16le, 16000);
    std::vector<std::uint8_t> second(32000);
    for (std::size_t i = 0; i < second.size(); i += 2) second[i + 1] = (i / 80) % 2 == 0 ? 16 : 240;
    wav.write(second);
    wav.finish();
    vw::json labels = vw::json::create();
    labels.set("/mood", "calm");
    vw::palabra::new_voice voice{"Mine", in_directory("voice.wav")};
    voice.labels = &labels;
    voice.language = "en-us";
    voice.waiting.first = vw::milliseconds(1);
    int told = 0;
    const vw::json made = client.clone(voice, [&](const vw::palabra::clone_progress &progress) {
        CHECK(progress.voice_id && progress.done <= progress.total);
        ++told;
    });
    CHECK(told > 1 && made.text("/processing_status") == std::optional<std::string_view>("ready"));
    CHECK(booms([&] { (void)client.clone(voice, [](const vw::palabra::clone_progress &) { throw boom(); }); }));
    int voices = 0;
    for (const vw::json &listed : client.list("list_voices")) voices += listed.text("/voice_id") ? 1 : 0;
    CHECK(voices == 2);
    const vw::error stopped =
        failure([&] { (void)client.clone(voice, [](const vw::palabra::clone_progress &) { return vw::flow::stop; }); });
    CHECK(stopped.status() == vw::status::cancelled && stopped.voice_id());
    const vw::json sample = client.regenerate_sample(*made.text("/voice_id"), "de", vw::palabra::waiting{});
    CHECK(sample.text("/text/lang") == std::optional<std::string_view>("de"));
    vw::save_to to;
    to.file = in_directory("sample.wav");
    CHECK(client.download_url(*sample.text("/url"), to).integer("/bytes").value() > 1000);
    vw::json of = vw::json::create();
    of.set("/voice_id", *made.text("/voice_id"));
    (void)client.call("delete_voice", &of);
    const vw::error error = failure([&] { (void)client.call("get_voice", &of); });
    CHECK(error.status() == vw::status::not_found && error.problem() && error.problem()->title && error.problem()->detail);
    CHECK(!failure([&] { (void)client.call("nonsense"); }).problem());
}

int main() {
    values_are_read_and_built();
    respeecher_converts();
    palabra_clones();
    std::printf("%d checks\n", checks.load());
}
