/* Every call of Respeecher and Palabra. tests/c_services.rs looks in the sandbox's log that each was made. */
#include "services.h"

static int32_t go_on(int64_t done, int64_t total, void *furthest) {
    CHECK(done >= 0 && total >= done);
    *(int64_t *)furthest = done;
    return VW_CONTINUE;
}

static int32_t stop(int64_t done, int64_t total, void *told) {
    (void)done;
    (void)total;
    *(int *)told += 1;
    return VW_STOP;
}

static void account(vw_respeecher_client *client) {
    kept key = ask_for(client, "create_api_key", object("/expires_at", "2099-01-01T00:00:00Z", NULL), "/api_key");
    vw_respeecher_client *other = respeecher_client(key.text);
    vw_json *credits = ask(other, "get_credits", NULL);
    CHECK(vw_json_number(credits, "/credits", -1) == 1000 && vw_json_int(credits, "/initial_credits", -1) == 1000);
    CHECK_STATUS(vw_json_free(credits), VW_OK);
    just_ask(client, "delete_api_key", NULL);
    CHECK_STATUS(vw_respeecher_call(other, "get_credits", NULL, NULL, NULL), VW_ERR_UNAUTHORIZED);
    CHECK(strstr(vw_last_error()->description, key.text) == NULL);
    CHECK_STATUS(vw_respeecher_client_free(other), VW_OK);
}

static kept uploaded(vw_respeecher_client *client, const char *name, vw_json *parameters) {
    vw_audio_bytes *bytes = tone();
    vw_upload upload;
    vw_json *answer = NULL;
    int64_t furthest = 0;
    int told = 0;
    kept id;
    CHECK_STATUS(vw_upload_init(&upload), VW_OK);
    CHECK_STATUS(vw_audio_bytes_get(bytes, &upload.data, &upload.size), VW_OK);
    upload.name = "tone.wav";
    CHECK_STATUS(vw_respeecher_upload(client, name, parameters, &upload, stop, &told, NULL, &answer), VW_ERR_CANCELLED);
    CHECK(told == 1 && answer == NULL);
    CHECK_STATUS(vw_respeecher_upload(client, name, parameters, &upload, go_on, &furthest, NULL, &answer), VW_OK);
    CHECK(furthest > (int64_t)upload.size);
    id = keep(answer, "/id");
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    CHECK_STATUS(vw_audio_bytes_free(bytes), VW_OK);
    return id;
}

static void notes(vw_respeecher_client *client, const char *recording) {
    vw_json *answer;
    just_ask(client, "create_note", object("/recording_id", recording, "/text", "Too loud", NULL));
    answer = ask(client, "update_note", object("/recording_id", recording, "/text", "Fine", NULL));
    CHECK(strcmp(vw_json_str(answer, "/text"), "Fine") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    just_ask(client, "delete_note", object("/recording_id", recording, NULL));
}

static void voices(vw_respeecher_client *client, const voice *voice) {
    vw_json *parameters = object("/voice_id", voice->id.text, NULL), *answer;
    CHECK_STATUS(vw_json_set_bool(parameters, "/favorite", VW_ON), VW_OK);
    answer = ask(client, "favorite_voice", parameters);
    CHECK(vw_json_bool(answer, "/favorite") == VW_ON);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    parameters = object("/voice_id", voice->id.text, "/accent_id", voice->accent_id.text, NULL);
    CHECK_STATUS(vw_json_set_number(parameters, "/semitones_correction", 2.5), VW_OK);
    answer = ask(client, "set_voice_settings", parameters);
    CHECK(vw_json_number(answer, "/accents/0/settings/semitones_correction", 0) == 2.5);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    answer = ask(client, "search_voices", object("/name", voice->name.text, NULL));
    CHECK(strcmp(vw_json_str(answer, "/0/id"), voice->id.text) == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    just_ask(client, "list_accent_samples", object("/accent_id", voice->accent_id.text, NULL));
}

static void download(vw_respeecher_client *client, const char *url) {
    kept path = in_directory("take.wav"), taken = in_directory("taken.wav");
    vw_save_to to;
    vw_json *saved = NULL;
    int64_t furthest = 0;
    int told = 0;
    FILE *file;
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
    to.file = taken.text;
    CHECK_STATUS(vw_respeecher_download_url(client, url, &to, stop, &told, NULL, &saved), VW_ERR_CANCELLED);
    file = fopen(taken.text, "rb");
    CHECK(told == 1 && saved == NULL && file == NULL);
    to.file = path.text;
    CHECK_STATUS(vw_respeecher_download_url(client, url, &to, go_on, &furthest, NULL, &saved), VW_OK);
    CHECK(strcmp(vw_json_str(saved, "/path"), path.text) == 0 && vw_json_int(saved, "/bytes", -1) == furthest);
    CHECK(begins_with(path.text, "RIFF"));
    CHECK_STATUS(vw_json_free(saved), VW_OK);
}

static void orders(vw_respeecher_client *client, const char *original, const voice *voice) {
    vw_json *order = object("/original_id", original, "/conversions/0/voice_id", voice->id.text,
                            "/conversions/0/narration_style_id", voice->style_id.text, NULL);
    vw_respeecher_list *list = NULL;
    vw_json *conversion = NULL, *of = object("/original_id", original, NULL);
    just_ask(client, "create_order", order);
    CHECK_STATUS(vw_respeecher_list_open(client, "list_conversions", of, NULL, &list), VW_OK);
    CHECK_STATUS(vw_respeecher_list_next(list, &conversion), VW_OK);
    CHECK(conversion != NULL && strcmp(vw_json_str(conversion, "/state"), "done") == 0);
    download(client, vw_json_str(conversion, "/url"));
    CHECK_STATUS(vw_json_free(conversion), VW_OK);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    CHECK_STATUS(vw_json_free(of), VW_OK);
    just_ask(client, "retry_order", object("/recording_id", original, NULL));
}

static void exports(vw_respeecher_client *client, const char *project, const char *original) {
    vw_json *parameters = object("/original_id", original, NULL), *saved = NULL;
    kept path = in_directory("a.zip");
    vw_save_to to;
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
    to.file = path.text;
    CHECK_STATUS(vw_respeecher_download(client, "export_conversions", parameters, &to, NULL, NULL, NULL, NULL), VW_OK);
    CHECK(begins_with(path.text, "PK\x03\x04"));
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    to.file = NULL;
    to.directory = environment("TEST_DIRECTORY");
    parameters = object("/project_id", project, NULL);
    CHECK_STATUS(vw_json_set_bool(parameters, "/starred_only", VW_OFF), VW_OK);
    CHECK_STATUS(vw_respeecher_download(client, "export_project", parameters, &to, NULL, NULL, NULL, &saved), VW_OK);
    CHECK(strncmp(vw_json_str(saved, "/path"), to.directory, strlen(to.directory)) == 0);
    CHECK(begins_with(vw_json_str(saved, "/path"), "PK\x03\x04"));
    CHECK_STATUS(vw_json_free(saved), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
}

static void calibrations(vw_respeecher_client *client) {
    kept id = uploaded(client, "create_calibration", object("/name", "Mine", NULL));
    vw_json *all;
    just_ask(client, "get_calibration", object("/calibration_id", id.text, NULL));
    just_ask(client, "enable_calibration", object("/calibration_id", id.text, NULL));
    all = ask(client, "list_calibrations", NULL);
    CHECK(vw_json_size(all, "") == 1 && vw_json_bool(all, "/0/enabled") == VW_ON);
    CHECK_STATUS(vw_json_free(all), VW_OK);
    just_ask(client, "enable_auto_calibration", NULL);
    just_ask(client, "delete_calibration", object("/calibration_id", id.text, NULL));
    all = object("/calibration_id", id.text, NULL);
    CHECK_STATUS(vw_respeecher_call(client, "get_calibration", all, NULL, NULL), VW_ERR_NOT_FOUND);
    CHECK(vw_last_error()->http_status == 404);
    CHECK_STATUS(vw_json_free(all), VW_OK);
}

static void respeecher(vw_respeecher_client *client) {
    kept project = ask_for(client, "create_project", object("/name", "Alice", NULL), "/id");
    vw_json *in_project = object("/project_id", project.text, NULL), *answer;
    kept url, folder, line, take, speaker;
    voice voice;
    just_ask(client, "rename_project", object("/project_id", project.text, "/name", "Alice in Wonderland", NULL));
    CHECK(count(client, "list_projects", NULL) >= 1);
    folder = ask_for(client, "create_folder", object("/project_id", project.text, "/name", "One", NULL), "/id");
    just_ask(client, "rename_folder", object("/folder_id", folder.text, "/name", "Chapter I", NULL));
    answer = ask(client, "get_folder", object("/folder_id", folder.text, NULL));
    CHECK(strcmp(vw_json_str(answer, "/name"), "Chapter I") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK(count(client, "list_folders", object("/project_id", project.text, NULL)) == 1);
    answer = ask(client, "list_projects", NULL);
    url = keep(answer, "/list/0/url");
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    just_ask(client, "get_project_by_url", object("/project_url", url.text, NULL));

    line = ask_for(client, "create_tts_recording",
                   object("/parent_folder_id", folder.text, "/text", "Down the rabbit hole.", NULL), "/id");
    answer = ask(client, "get_recording", object("/recording_id", line.text, NULL));
    CHECK(vw_json_number(answer, "/duration", 0) > 0.3 && strcmp(vw_json_str(answer, "/state"), "done") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    speaker = ask_for(client, "list_tts_voices", NULL, "/0/id");
    just_ask(client, "create_tts_recording_v1",
             object("/project_id", project.text, "/parent_folder_id", folder.text, "/voice_id", speaker.text, "/text",
                    "The old way.", NULL));
    take = uploaded(client, "create_recording", object("/parent_folder_id", folder.text, "/label", "Take 1", NULL));
    answer = object("/recording_id", take.text, NULL);
    CHECK_STATUS(vw_json_set_bool(answer, "/starred", VW_ON), VW_OK);
    just_ask(client, "update_recording", answer);
    answer = object("/recording_id", take.text, "/label", "Take 2", NULL);
    CHECK_STATUS(vw_json_set_bool(answer, "/starred", VW_OFF), VW_OK);
    just_ask(client, "replace_recording", answer);
    CHECK(count(client, "list_originals", object("/folder_id", folder.text, NULL)) == 3);
    notes(client, take.text);

    find_voices(client, &voice, 1);
    voices(client, &voice);
    orders(client, line.text, &voice);
    exports(client, project.text, line.text);
    calibrations(client);

    answer = ask(client, "get_stats", NULL);
    CHECK(vw_json_size(answer, "") > 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    just_ask(client, "project_stats", object("/project_ids/-", project.text, NULL));
    just_ask(client, "folder_stats", object("/folder_ids/-", folder.text, NULL));

    just_ask(client, "delete_recording", object("/recording_id", take.text, NULL));
    CHECK(count(client, "list_recordings", object("/project_id", project.text, NULL)) == 3);
    just_ask(client, "delete_folder", object("/folder_id", folder.text, NULL));
    just_ask(client, "delete_project", in_project);
}

static void sessions(void) {
    vw_respeecher_config config;
    vw_respeecher_client *client = NULL;
    vw_json *account = NULL;
    CHECK_STATUS(vw_respeecher_config_init(&config), VW_OK);
    config.email = environment("TEST_EMAIL");
    config.password = environment("TEST_PASSWORD");
    config.base_url = environment("TEST_SERVICES_URL");
    config.keep_password = VW_ON;
    CHECK_STATUS(vw_respeecher_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_respeecher_login(client, NULL, &account), VW_OK);
    CHECK(strcmp(vw_json_str(account, "/user/email"), config.email) == 0);
    CHECK(vw_json_type_of(account, "/csrf_token") == VW_JSON_ABSENT);
    CHECK_STATUS(vw_json_free(account), VW_OK);
    just_ask(client, "get_credits", NULL);
    CHECK_STATUS(vw_respeecher_logout(client, NULL), VW_OK);
    CHECK_STATUS(vw_respeecher_call(client, "get_credits", NULL, NULL, NULL), VW_ERR_UNAUTHORIZED);
    CHECK_STATUS(vw_respeecher_login(client, NULL, NULL), VW_OK);
    just_ask(client, "get_credits", NULL);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    config.password = "wrong-password";
    CHECK_STATUS(vw_respeecher_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_respeecher_login(client, NULL, NULL), VW_ERR_UNAUTHORIZED);
    CHECK(strstr(vw_last_error()->description, config.password) == NULL);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
}

/* Lists go over their pages, and end with their cancel and their client. */
static void pages(vw_respeecher_client *client) {
    vw_json *parameters = object(NULL);
    vw_respeecher_list *list = NULL;
    vw_json *item = NULL;
    vw_cancel *cancel = NULL;
    CHECK_STATUS(vw_json_set_int(parameters, "/limit", 2), VW_OK);
    CHECK(count(client, "list_voices", parameters) >= 8);
    /* A list whose cancel is used, and one whose client is gone, end. */
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_respeecher_list_open(client, "list_voices", NULL, cancel, &list), VW_OK);
    CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
    CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_ERR_CANCELLED);
    CHECK(item == NULL);
    CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_OK);
    CHECK(item == NULL);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    CHECK_STATUS(vw_respeecher_call(client, "get_credits", NULL, cancel, NULL), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    CHECK_STATUS(vw_respeecher_list_open(client, "list_voices", NULL, NULL, &list), VW_OK);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
}

typedef struct clone {
    int uploading, processing;
    int32_t answer;
    kept voice_id;
} clone;

static int32_t on_clone(const vw_palabra_clone_progress *progress, void *user_data) {
    clone *clone = user_data;
    CHECK(progress->struct_size == sizeof *progress && progress->done <= progress->total);
    if (progress->stage == VW_PALABRA_CLONE_UPLOADING) clone->uploading++;
    if (progress->stage == VW_PALABRA_CLONE_PROCESSING) clone->processing++;
    strcpy(clone->voice_id.text, progress->voice_id);
    return clone->answer;
}

static kept cloned(vw_palabra_client *client) {
    kept path = in_directory("voice.wav");
    vw_audio_bytes *bytes = tone();
    const uint8_t *data = NULL;
    size_t size = 0;
    vw_json *labels = object("/mood", "calm", NULL), *made = NULL, *voice_id;
    vw_palabra_waiting waiting;
    vw_palabra_new_voice voice;
    clone clone = {0, 0, VW_CONTINUE, {""}};
    kept id;
    CHECK_STATUS(vw_audio_bytes_get(bytes, &data, &size), VW_OK);
    write_file(path.text, data, size);
    CHECK_STATUS(vw_audio_bytes_free(bytes), VW_OK);
    CHECK_STATUS(vw_palabra_waiting_init(&waiting), VW_OK);
    waiting.first_ms = 1;
    CHECK_STATUS(vw_palabra_new_voice_init(&voice), VW_OK);
    voice.name = "Mine";
    voice.labels = labels;
    voice.language = "en-us";
    voice.denoise = VW_OFF;
    voice.recording = path.text;
    voice.waiting = &waiting;
    CHECK_STATUS(vw_palabra_clone(client, &voice, on_clone, &clone, NULL, &made), VW_OK);
    CHECK(clone.uploading > 0 && clone.processing > 0);
    id = keep(made, "/voice_id");
    CHECK(strcmp(id.text, clone.voice_id.text) == 0);
    CHECK(strcmp(vw_json_str(made, "/processing_status"), "ready") == 0);
    CHECK_STATUS(vw_json_free(made), VW_OK);
    /* One that is stopped is there, and known. */
    made = NULL;
    clone.answer = VW_STOP;
    CHECK_STATUS(vw_palabra_clone(client, &voice, on_clone, &clone, NULL, &made), VW_ERR_CANCELLED);
    CHECK(strcmp(vw_last_error()->voice_id, clone.voice_id.text) == 0);
    CHECK(made == NULL);
    voice_id = object("/voice_id", clone.voice_id.text, NULL);
    CHECK_STATUS(vw_palabra_call(client, "get_voice", voice_id, NULL, &made), VW_OK);
    CHECK_STATUS(vw_json_free(made), VW_OK);
    CHECK_STATUS(vw_palabra_call(client, "delete_voice", voice_id, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_palabra_call(client, "get_voice", voice_id, NULL, NULL), VW_ERR_NOT_FOUND);
    CHECK(vw_last_error()->problem_title != NULL && vw_last_error()->problem_detail != NULL);
    CHECK_STATUS(vw_json_free(voice_id), VW_OK);
    CHECK_STATUS(vw_json_free(labels), VW_OK);
    return id;
}

static size_t palabra_count(vw_palabra_client *client, const char *name) {
    vw_palabra_list *list = NULL;
    vw_json *item = NULL;
    size_t items = 0;
    CHECK_STATUS(vw_palabra_list_open(client, name, NULL, NULL, &list), VW_OK);
    for (;;) {
        CHECK_STATUS(vw_palabra_list_next(list, &item), VW_OK);
        if (item == NULL) break;
        items++;
        CHECK_STATUS(vw_json_free(item), VW_OK);
    }
    CHECK_STATUS(vw_palabra_list_free(list), VW_OK);
    return items;
}

static void palabra(vw_palabra_client *client) {
    kept id = cloned(client), path = in_directory("sample.wav");
    vw_json *parameters = object("/voice_id", id.text, "/name", "Yours", NULL), *answer = NULL, *saved = NULL;
    vw_save_to to;
    CHECK_STATUS(vw_palabra_call(client, "update_voice", parameters, NULL, &answer), VW_OK);
    CHECK(strcmp(vw_json_str(answer, "/name"), "Yours") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    CHECK(palabra_count(client, "list_voices") == 2 && palabra_count(client, "list_builtin_voices") > 0);
    CHECK_STATUS(vw_palabra_call(client, "get_limits", NULL, NULL, &answer), VW_OK);
    CHECK(vw_json_type_of(answer, "") == VW_JSON_OBJECT);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_palabra_regenerate_sample(client, id.text, "de", NULL, NULL, &answer), VW_OK);
    CHECK(strcmp(vw_json_str(answer, "/text/lang"), "de") == 0);
    CHECK_STATUS(vw_save_to_init(&to), VW_OK);
    to.file = path.text;
    CHECK_STATUS(vw_palabra_download_url(client, vw_json_str(answer, "/url"), &to, NULL, NULL, NULL, &saved), VW_OK);
    CHECK(vw_json_int(saved, "/bytes", -1) > 1000);
    CHECK_STATUS(vw_json_free(saved), VW_OK);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK(palabra_count(client, "list_samples") >= 1);
}

/* The voice TEST_LOCKED is locked for the next three regenerations. */
static void locks(vw_palabra_client *client) {
    const char *voice = environment("TEST_LOCKED");
    vw_palabra_waiting waiting;
    vw_json *sample = NULL;
    CHECK_STATUS(vw_palabra_regenerate_sample(client, voice, "en-us", NULL, NULL, &sample), VW_ERR_LOCKED);
    CHECK(vw_last_error()->http_status == 403 && vw_last_error()->problem_error_code == 423);
    CHECK(vw_last_error()->problem_type != NULL && vw_last_error()->problem_title != NULL);
    CHECK(vw_last_error()->problem_instance != NULL);
    CHECK(strcmp(vw_last_error()->problem_detail, vw_last_error()->message) == 0);
    CHECK_STATUS(vw_palabra_waiting_init(&waiting), VW_OK);
    waiting.first_ms = 1;
    waiting.longest_ms = 1;
    waiting.limit_ms = 0;
    CHECK_STATUS(vw_palabra_regenerate_sample(client, voice, "en-us", &waiting, NULL, &sample), VW_ERR_LOCKED);
    CHECK(sample == NULL);
    waiting.limit_ms = VW_NO_TIMEOUT;
    CHECK_STATUS(vw_palabra_regenerate_sample(client, voice, "en-us", &waiting, NULL, &sample), VW_OK);
    CHECK_STATUS(vw_json_free(sample), VW_OK);
    /* Without problem details there are none. */
    CHECK_STATUS(vw_palabra_call(client, "nonsense", NULL, NULL, NULL), VW_ERR_INVALID_ARGUMENT);
    CHECK(vw_last_error()->problem_type == NULL && vw_last_error()->problem_error_code == INT64_MIN);
    /* What is forbidden is not locked. */
    CHECK_STATUS(vw_palabra_regenerate_sample(client, environment("TEST_BUILTIN"), "de", &waiting, NULL, &sample),
                 VW_ERR_UNAUTHORIZED);
}

int main(void) {
    vw_respeecher_client *client = respeecher_client(environment("TEST_RESPEECHER_KEY"));
    vw_palabra_client *voices = palabra_client();
    account(client);
    respeecher(client);
    sessions();
    pages(client);
    palabra(voices);
    locks(voices);
    CHECK_STATUS(vw_palabra_client_free(voices), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
