/* Respeecher and Palabra: NULL, garbage, freed and foreign handles, and values out of range. Nothing of it is sent. */
#include "services.h"

#include <math.h>

#define BAD 5

/* NULL, garbage, freed, and of another type. */
typedef struct bad {
    void *handles[BAD];
} bad;

static void bad_respeecher(const bad *bad) {
    vw_json *out = NULL;
    vw_respeecher_list *list = NULL;
    vw_respeecher_conversion conversion;
    vw_respeecher_job job;
    vw_upload upload;
    vw_save_to to;
    uint64_t offset = 7;
    size_t i;
    CHECK_STATUS(vw_respeecher_conversion_init(&conversion), VW_OK);
    CHECK_STATUS(vw_respeecher_job_init(&job), VW_OK);
    CHECK_STATUS(vw_upload_init(&upload), VW_OK);
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
    for (i = 0; i < BAD; i++) {
        void *it = bad->handles[i];
        CHECK_REFUSED(vw_respeecher_call(it, "get_credits", NULL, NULL, &out), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_login(it, NULL, &out), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_logout(it, NULL), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_list_open(it, "list_voices", NULL, NULL, &list), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_upload(it, "create_recording", NULL, &upload, NULL, NULL, NULL, &out),
                      "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_download(it, "export_project", NULL, &to, NULL, NULL, NULL, &out),
                      "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_download_url(it, "/a", &to, NULL, NULL, NULL, &out), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_convert(it, &job, NULL, NULL, NULL, &out), "vw_respeecher_client");
        CHECK_REFUSED(vw_respeecher_list_next(it, &out), "vw_respeecher_list");
        CHECK_REFUSED(vw_respeecher_list_offset(it, &offset), "vw_respeecher_list");
        if (it != NULL) {
            CHECK_REFUSED(vw_respeecher_client_free(it), "vw_respeecher_client");
            CHECK_REFUSED(vw_respeecher_list_free(it), "vw_respeecher_list");
        }
    }
    CHECK_STATUS(vw_respeecher_client_free(NULL), VW_OK);
    CHECK_STATUS(vw_respeecher_list_free(NULL), VW_OK);
    CHECK(out == NULL && list == NULL && offset == 7);
}

static void bad_palabra(const bad *bad) {
    vw_json *out = NULL;
    vw_palabra_list *list = NULL;
    vw_palabra_new_voice voice;
    vw_save_to to;
    size_t i;
    CHECK_STATUS(vw_palabra_new_voice_init(&voice), VW_OK);
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
    for (i = 0; i < BAD; i++) {
        void *it = bad->handles[i];
        CHECK_REFUSED(vw_palabra_call(it, "get_limits", NULL, NULL, &out), "vw_palabra_client");
        CHECK_REFUSED(vw_palabra_list_open(it, "list_voices", NULL, NULL, &list), "vw_palabra_client");
        CHECK_REFUSED(vw_palabra_regenerate_sample(it, "v", "de", NULL, NULL, &out), "vw_palabra_client");
        CHECK_REFUSED(vw_palabra_download_url(it, "/a", &to, NULL, NULL, NULL, &out), "vw_palabra_client");
        CHECK_REFUSED(vw_palabra_clone(it, &voice, NULL, NULL, NULL, &out), "vw_palabra_client");
        CHECK_REFUSED(vw_palabra_list_next(it, &out), "vw_palabra_list");
        if (it != NULL) {
            CHECK_REFUSED(vw_palabra_client_free(it), "vw_palabra_client");
            CHECK_REFUSED(vw_palabra_list_free(it), "vw_palabra_list");
        }
    }
    CHECK_STATUS(vw_palabra_client_free(NULL), VW_OK);
    CHECK_STATUS(vw_palabra_list_free(NULL), VW_OK);
    CHECK(out == NULL && list == NULL);
}

static void bad_inits(void) {
    CHECK_REFUSED(vw_http_config_init(NULL), "config");
    CHECK_REFUSED(vw_respeecher_config_init(NULL), "config");
    CHECK_REFUSED(vw_palabra_config_init(NULL), "config");
    CHECK_REFUSED(vw_upload_init(NULL), "upload");
    CHECK_REFUSED(vw_save_to_init(NULL), "to");
    CHECK_REFUSED(vw_respeecher_conversion_init(NULL), "conversion");
    CHECK_REFUSED(vw_respeecher_job_init(NULL), "job");
    CHECK_REFUSED(vw_palabra_waiting_init(NULL), "waiting");
    CHECK_REFUSED(vw_palabra_new_voice_init(NULL), "voice");
    CHECK(vw_respeecher_endpoint((size_t)-1) == NULL && vw_palabra_endpoint(9) == NULL);
}

static void bad_configs(void) {
    static const size_t sizes[] = {0, 1, 7, 5000, (size_t)-1};
    vw_respeecher_client *client = NULL;
    vw_palabra_client *voices = NULL;
    vw_http_config http = once();
    vw_respeecher_config config;
    vw_palabra_config other;
    size_t i;
    CHECK_STATUS(vw_respeecher_config_init(&config), VW_OK);
    CHECK_STATUS(vw_palabra_config_init(&other), VW_OK);
    config.base_url = other.base_url = "http://127.0.0.1:1";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "api_key");
    CHECK_REFUSED(vw_respeecher_client_new(NULL, &client), "api_key");
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "api_key");
    CHECK_REFUSED(vw_palabra_client_new(NULL, &voices), "api_key");
    config.email = "a@b.example";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "password");
    config.email = NULL;
    config.password = "p";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "email");
    other.client_secret = "s";
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "client_id");
    other.client_id = "a b";
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "client_id");
    config.api_key = other.api_key = "a-key";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "api_key");
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "api_key");
    config.password = other.client_id = other.client_secret = NULL;
    CHECK_REFUSED(vw_respeecher_client_new(&config, NULL), "out");
    CHECK_REFUSED(vw_palabra_client_new(&other, NULL), "out");
    config.keep_password = 3;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "keep_password");
    config.keep_password = VW_OFF;
    config.base_url = other.base_url = "http://example.com";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "base_url");
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "base_url");
    config.base_url = other.base_url = "\xff";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "base_url");
    CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "base_url");
    config.base_url = other.base_url = "http://127.0.0.1:1";
    config.http = other.http = &http;
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        http.struct_size = sizes[i];
        CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "vw_http_config.struct_size");
        CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "vw_http_config.struct_size");
    }
    http = once();
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        config.struct_size = other.struct_size = sizes[i];
        CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "vw_respeecher_config.struct_size");
        CHECK_REFUSED(vw_palabra_client_new(&other, &voices), "vw_palabra_config.struct_size");
    }
    config.struct_size = sizeof config;
    http.connect_timeout_ms = 0;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "connect_timeout");
    http = once();
    http.idle_timeout_ms = 0;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "idle_timeout");
    http = once();
    http.retries = -2;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "retries");
    http = once();
    http.max_message_bytes = 0;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "max_message_bytes");
    http = once();
    http.allow_plaintext = 9;
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "allow_plaintext");
    http = once();
    http.ca_pem = "none";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "ca_pem");
    http = once();
    http.proxy = "gopher://x";
    CHECK_REFUSED(vw_respeecher_client_new(&config, &client), "proxy");
    CHECK(client == NULL && voices == NULL);
}

static void bad_calls(vw_respeecher_client *client, vw_palabra_client *voices, vw_cancel *freed) {
    vw_json *out = NULL;
    vw_respeecher_list *list = NULL;
    vw_palabra_list *other_list = NULL;
    void *foreign = client;
    CHECK_REFUSED(vw_respeecher_call(client, NULL, NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_respeecher_call(client, "\xff", NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_respeecher_call(client, "", NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_respeecher_call(client, "export_project", NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_respeecher_call(client, "get_credits", foreign, NULL, &out), "vw_json");
    CHECK_REFUSED(vw_respeecher_call(client, "get_credits", NULL, foreign, &out), "vw_cancel");
    CHECK_REFUSED(vw_respeecher_call(client, "get_credits", NULL, freed, &out), "vw_cancel");
    CHECK_REFUSED(vw_respeecher_login(client, freed, &out), "vw_cancel");
    CHECK_REFUSED(vw_respeecher_login(client, NULL, &out), "password");
    CHECK_REFUSED(vw_respeecher_logout(client, freed), "vw_cancel");
    CHECK_REFUSED(vw_respeecher_list_open(client, NULL, NULL, NULL, &list), "name");
    CHECK_REFUSED(vw_respeecher_list_open(client, "get_credits", NULL, NULL, &list), "name");
    CHECK_REFUSED(vw_respeecher_list_open(client, "list_voices", NULL, NULL, NULL), "out");
    CHECK_REFUSED(vw_respeecher_list_open(client, "list_voices", foreign, NULL, &list), "vw_json");
    CHECK_REFUSED(vw_respeecher_list_open(client, "list_voices", NULL, freed, &list), "vw_cancel");
    CHECK_REFUSED(vw_respeecher_list_open(client, "list_originals", NULL, NULL, &list), "folder_id");
    CHECK_REFUSED(vw_palabra_call(voices, NULL, NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_palabra_call(voices, "get_credits", NULL, NULL, &out), "name");
    CHECK_REFUSED(vw_palabra_call(voices, "get_limits", foreign, NULL, &out), "vw_json");
    CHECK_REFUSED(vw_palabra_call(voices, "get_limits", NULL, freed, &out), "vw_cancel");
    CHECK_REFUSED(vw_palabra_list_open(voices, NULL, NULL, NULL, &other_list), "name");
    CHECK_REFUSED(vw_palabra_list_open(voices, "get_voice", NULL, NULL, &other_list), "name");
    CHECK_REFUSED(vw_palabra_list_open(voices, "list_voices", NULL, NULL, NULL), "out");
    CHECK_REFUSED(vw_palabra_list_open(voices, "list_voices", NULL, freed, &other_list), "vw_cancel");
    CHECK(out == NULL && list == NULL && other_list == NULL);
    CHECK_STATUS(vw_respeecher_list_open(client, "list_voices", NULL, NULL, &list), VW_OK);
    CHECK_REFUSED(vw_respeecher_list_next(list, NULL), "item");
    CHECK_REFUSED(vw_respeecher_list_offset(list, NULL), "offset");
    CHECK_REFUSED(vw_palabra_list_next((void *)list, &out), "vw_palabra_list");
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    CHECK_REFUSED(vw_respeecher_list_next(list, &out), "vw_respeecher_list");
    CHECK_STATUS(vw_palabra_list_open(voices, "list_voices", NULL, NULL, &other_list), VW_OK);
    CHECK_REFUSED(vw_palabra_list_next(other_list, NULL), "item");
    CHECK_STATUS(vw_palabra_list_free(other_list), VW_OK);
    CHECK(out == NULL);
}

static void bad_transfers(vw_respeecher_client *client, vw_palabra_client *voices, vw_cancel *freed) {
    vw_json *out = NULL, *parameters = object("/parent_folder_id", "f", "/project_id", "p", NULL);
    vw_upload upload;
    vw_save_to to;
    CHECK_STATUS(vw_upload_init(&upload), VW_OK);
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
#define UPLOAD(name, field)                                                                                            \
    CHECK_REFUSED(vw_respeecher_upload(client, name, parameters, &upload, NULL, NULL, NULL, &out), field)
#define DOWNLOAD(name, field)                                                                                          \
    CHECK_REFUSED(vw_respeecher_download(client, name, parameters, &to, NULL, NULL, NULL, &out), field)
    UPLOAD("create_recording", "path");
    upload.size = 3;
    UPLOAD("create_recording", "data");
    upload.data = (const uint8_t *)"abc";
    UPLOAD("create_recording", "name");
    upload.size = (size_t)-1;
    UPLOAD("create_recording", "data");
    upload.size = 0;
    upload.name = "a.wav";
    UPLOAD("create_recording", "data");
    upload.size = 3;
    UPLOAD(NULL, "name");
    UPLOAD("create_project", "name");
    upload.path = "a.wav";
    UPLOAD("create_recording", "data");
    upload.path = "";
    UPLOAD("create_recording", "path");
    upload.struct_size = 1;
    UPLOAD("create_recording", "vw_upload.struct_size");
    CHECK_REFUSED(vw_respeecher_upload(client, "create_recording", parameters, NULL, NULL, NULL, NULL, &out), "vw_upload");
    CHECK_REFUSED(vw_respeecher_upload(client, "create_recording", parameters, &upload, NULL, NULL, freed, &out),
                  "vw_cancel");
    DOWNLOAD("export_project", "file");
    to.file = "";
    DOWNLOAD("export_project", "file");
    to.file = "a.zip";
    DOWNLOAD("create_project", "name");
    DOWNLOAD(NULL, "name");
    CHECK_REFUSED(vw_respeecher_download_url(client, NULL, &to, NULL, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_respeecher_download_url(client, "ftp://x", &to, NULL, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_respeecher_download_url(client, "http://example.com/a", &to, NULL, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_palabra_download_url(voices, NULL, &to, NULL, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_palabra_download_url(voices, "http://example.com/a", &to, NULL, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_palabra_download_url(voices, "/a", NULL, NULL, NULL, NULL, &out), "vw_save_to");
    CHECK_REFUSED(vw_palabra_download_url(voices, "/a", &to, NULL, NULL, freed, &out), "vw_cancel");
    to.directory = "takes";
    DOWNLOAD("export_project", "directory");
    to.file = NULL;
    to.directory = "";
    DOWNLOAD("export_project", "directory");
    to.struct_size = 0;
    DOWNLOAD("export_project", "vw_save_to.struct_size");
    CHECK(out == NULL);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
}

static vw_respeecher_job good_job(const vw_respeecher_conversion *conversion) {
    vw_respeecher_job job;
    CHECK_STATUS(vw_respeecher_job_init(&job), VW_OK);
    job.text = "Hello.";
    job.conversions = conversion;
    job.conversion_count = 1;
    job.directory = environment("TEST_DIRECTORY");
    return job;
}

static void bad_jobs(vw_respeecher_client *client, vw_cancel *freed) {
    vw_respeecher_conversion conversions[2];
    vw_respeecher_job job;
    vw_json *out = NULL;
    int i;
    for (i = 0; i < 2; i++) {
        CHECK_STATUS(vw_respeecher_conversion_init(&conversions[i]), VW_OK);
        conversions[i].voice_id = "v";
        conversions[i].narration_style_id = "s";
    }
#define JOB(change, name)                                                                                              \
    do {                                                                                                               \
        job = good_job(conversions);                                                                                   \
        change;                                                                                                        \
        CHECK_REFUSED(vw_respeecher_convert(client, &job, NULL, NULL, NULL, &out), name);                              \
    } while (0)
    CHECK_REFUSED(vw_respeecher_convert(client, NULL, NULL, NULL, NULL, &out), "vw_respeecher_job");
    job = good_job(conversions);
    CHECK_REFUSED(vw_respeecher_convert(client, &job, NULL, NULL, freed, &out), "vw_cancel");
    JOB(job.struct_size = 3, "vw_respeecher_job.struct_size");
    JOB(job.text = NULL, "text");
    JOB(job.text = " ", "text");
    JOB(job.text = "\xff", "text");
    JOB(job.file = "a.wav", "text");
    JOB((job.text = NULL, job.file = ""), "file");
    JOB((job.text = NULL, job.size = 4), "data");
    JOB((job.text = NULL, job.data = (const uint8_t *)"abcd", job.size = 4), "data_name");
    JOB((job.text = NULL, job.recording_id = ""), "recording_id");
    JOB((job.folder_id = "f", job.project_id = "p"), "folder_id");
    JOB(job.folder_id = "", "folder_id");
    JOB(job.project_id = " ", "project_id");
    JOB(job.place_name = "", "place_name");
    JOB(job.directory = NULL, "directory");
    JOB(job.directory = "", "directory");
    JOB(job.conversion_count = 0, "conversions");
    JOB(job.conversions = NULL, "conversions");
    JOB(job.conversion_count = (size_t)-1, "conversion_count");
    JOB(job.polling_first_ms = 0, "polling_first");
    JOB(job.polling_longest_ms = 0, "polling_longest");
    JOB(conversions[0].semitones_correction = HUGE_VAL, "semitones_correction");
    conversions[0].semitones_correction = VW_UNSET_NUMBER;
    conversions[1].struct_size = 8;
    JOB(job.conversion_count = 2, "vw_respeecher_conversion.struct_size");
    conversions[0].struct_size = 8;
    JOB(job.conversion_count = 2, "vw_respeecher_conversion.struct_size");
    conversions[0].struct_size = conversions[1].struct_size = sizeof conversions[0];
    conversions[1].voice_id = NULL;
    JOB(job.conversion_count = 2, "voice_id");
    conversions[1].voice_id = "";
    JOB(job.conversion_count = 2, "voice_id");
    conversions[1].voice_id = "v";
    conversions[1].narration_style_id = NULL;
    JOB(job.conversion_count = 2, "narration_style_id");
    CHECK(out == NULL);
}

static void bad_voices(vw_palabra_client *client, vw_cancel *freed) {
    vw_palabra_new_voice voice;
    vw_palabra_waiting waiting;
    vw_json *out = NULL, *list = NULL;
    kept path = in_directory("a.wav");
    write_file(path.text, (const uint8_t *)"RIFF", 4);
    CHECK_STATUS(vw_json_parse("[]", 2, &list), VW_OK);
    CHECK_STATUS(vw_palabra_waiting_init(&waiting), VW_OK);
    CHECK_STATUS(vw_palabra_new_voice_init(&voice), VW_OK);
#define SAMPLE(voice_id, language, wait, cancel, field)                                                                \
    CHECK_REFUSED(vw_palabra_regenerate_sample(client, voice_id, language, wait, cancel, &out), field)
#define CLONE(field) CHECK_REFUSED(vw_palabra_clone(client, &voice, NULL, NULL, NULL, &out), field)
    SAMPLE(NULL, "de", NULL, NULL, "voice_id");
    SAMPLE("", "de", NULL, NULL, "voice_id");
    SAMPLE("..", "de", NULL, NULL, "voice_id");
    SAMPLE("v", NULL, NULL, NULL, "lang_code");
    SAMPLE("v", "xx", NULL, NULL, "lang_code");
    SAMPLE("v", "de", NULL, freed, "vw_cancel");
    waiting.first_ms = 0;
    SAMPLE("v", "de", &waiting, NULL, "waiting_first");
    waiting.struct_size = 4;
    SAMPLE("v", "de", &waiting, NULL, "vw_palabra_waiting.struct_size");
    CHECK_REFUSED(vw_palabra_clone(client, NULL, NULL, NULL, NULL, &out), "vw_palabra_new_voice");
    CHECK_REFUSED(vw_palabra_clone(client, &voice, NULL, NULL, freed, &out), "vw_cancel");
    CLONE("name");
    voice.name = "N";
    CLONE("recording");
    voice.recording = path.text;
    voice.labels = list;
    CLONE("labels");
    voice.labels = (void *)client;
    CLONE("vw_json");
    voice.labels = NULL;
    voice.extra = list;
    CLONE("extra");
    voice.extra = NULL;
    voice.language = "xx";
    CLONE("language");
    voice.language = NULL;
    voice.denoise = 2;
    CLONE("denoise");
    voice.denoise = VW_UNSET;
    voice.speech_normalization = 2;
    CLONE("speech_normalization");
    voice.speech_normalization = VW_UNSET;
    voice.waiting = &waiting;
    CLONE("vw_palabra_waiting.struct_size");
    voice.waiting = NULL;
    voice.struct_size = 9;
    CLONE("vw_palabra_new_voice.struct_size");
    CHECK(out == NULL);
    CHECK_STATUS(vw_json_free(list), VW_OK);
}

int main(void) {
    vw_respeecher_client *client = respeecher_client(environment("TEST_RESPEECHER_KEY"));
    vw_respeecher_client *gone = respeecher_client("a-key");
    vw_palabra_client *voices = palabra_client(), *other_gone = palabra_client();
    vw_cancel *freed = NULL;
    bad bad = {{NULL, (void *)8, (void *)-1, NULL, NULL}};
    CHECK_STATUS(vw_cancel_new(&freed), VW_OK);
    CHECK_STATUS(vw_cancel_free(freed), VW_OK);
    CHECK_STATUS(vw_respeecher_client_free(gone), VW_OK);
    CHECK_STATUS(vw_palabra_client_free(other_gone), VW_OK);
    bad_inits();
    bad_configs();
    bad.handles[3] = gone;
    bad.handles[4] = voices;
    bad_respeecher(&bad);
    bad.handles[3] = other_gone;
    bad.handles[4] = client;
    bad_palabra(&bad);
    bad_calls(client, voices, freed);
    bad_transfers(client, voices, freed);
    bad_jobs(client, freed);
    bad_voices(voices, freed);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    CHECK_STATUS(vw_palabra_client_free(voices), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
