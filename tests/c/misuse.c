/* NULL, garbage and text that is not UTF-8 to every function: each is a status and none is a crash. Run under valgrind
 * this also shows that no memory is touched that is not there. */
#include "check.h"

#include <stddef.h>

/* Not UTF-8: a lone continuation byte, a cut sequence, an overlong one. */
/* The last one is only cut. */
static const char *const BAD_TEXT[] = {"\x80", "\xc0\xaf", "caf\xc3"};
#define BAD_TEXTS (sizeof BAD_TEXT / sizeof BAD_TEXT[0])

static int32_t never(const vw_deepdub_chunk *chunk, void *user_data) {
    (void)chunk;
    (void)user_data;
    CHECK(!"a refused call does not call back");
    return VW_STOP;
}

static void log_line(vw_log_level level, const char *message, void *user_data) {
    (void)level;
    (void)message;
    (void)user_data;
}

static vw_deepdub_tts_request good_request(void) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "Hello.";
    request.voice_prompt_id = "vp_1";
    return request;
}

static vw_deepdub_issue_request good_issue(void) {
    vw_deepdub_issue_request issue;
    CHECK_STATUS(vw_deepdub_issue_request_init(&issue), VW_OK);
    issue.generation_id = issue.generated_text = issue.problem_word = issue.voice_prompt_id = "x";
    return issue;
}

static void texts_about_statuses(void) {
    int32_t numbers[] = {-1, 1000, 1000, INT32_MAX, INT32_MIN};
    size_t i;
    CHECK(strcmp(vw_status_name(VW_OK), "VW_OK") == 0);
    CHECK(strcmp(vw_status_name(VW_ERR_TLS), "VW_ERR_TLS") == 0);
    CHECK(strcmp(vw_status_text(VW_OK), "success") == 0);
    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        CHECK(strcmp(vw_status_name(numbers[i]), "unknown") == 0);
        CHECK(strcmp(vw_status_text(numbers[i]), "unknown") == 0);
    }
    CHECK(vw_version()[0] >= '0' && vw_version()[0] <= '9');
    CHECK(vw_last_error() != NULL && vw_last_error()->status == VW_OK);
    CHECK(vw_last_error()->message[0] == '\0' && vw_last_error()->description[0] == '\0');
    CHECK(vw_last_error()->field == NULL && vw_last_error()->struct_size == sizeof(vw_error));
}

static void null_out_parameters(vw_deepdub_client *client) {
    vw_deepdub_issue_request issue = good_issue();
    vw_format format;
    CHECK_REFUSED(vw_deepdub_config_init(NULL), "config");
    CHECK_REFUSED(vw_deepdub_tts_request_init(NULL), "request");
    CHECK_REFUSED(vw_deepdub_tts_result_init(NULL), "result");
    CHECK_REFUSED(vw_deepdub_issue_request_init(NULL), "request");
    CHECK_REFUSED(vw_deepdub_client_new(NULL, NULL), "out");
    CHECK_REFUSED(vw_cancel_new(NULL), "out");
    CHECK_REFUSED(vw_deepdub_session_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_line_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_session_open(client, NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_text_config_init(NULL), "config");
    CHECK_REFUSED(vw_deepdub_text_session_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_turn_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_text_session_open(client, NULL, NULL, NULL), "out");
    CHECK_REFUSED(vw_format_for_path("a.wav", NULL), "out");
    CHECK_REFUSED(vw_format_for_path(NULL, &format), "path");
    CHECK_REFUSED(vw_audio_file_create("a.wav", VW_FORMAT_WAV, 8000, NULL), "out");
    CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, NULL), "out");
    CHECK_REFUSED(vw_deepdub_get_issue(client, "x", NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_update_issue(client, "x", &issue, NULL), "out");
}

static vw_deepdub_line_options good_line(void) {
    vw_deepdub_line_options options;
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.on_chunk = never;
    return options;
}

static vw_deepdub_text_config good_text_config(void) {
    vw_deepdub_text_config config;
    CHECK_STATUS(vw_deepdub_text_config_init(&config), VW_OK);
    config.voice_prompt_id = "vp_1";
    return config;
}

static vw_deepdub_turn_options good_turn(void) {
    vw_deepdub_turn_options options;
    CHECK_STATUS(vw_deepdub_turn_options_init(&options), VW_OK);
    options.on_chunk = never;
    return options;
}

/* Every function that takes a handle, with one that is none. */
static void bad_client(const vw_deepdub_client *client) {
    vw_deepdub_session *session = NULL;
    vw_deepdub_text_session *text_session = NULL;
    vw_deepdub_text_config text_config = good_text_config();
    vw_deepdub_tts_request request = good_request();
    vw_deepdub_issue_request issue = good_issue();
    vw_deepdub_issue *out = (vw_deepdub_issue *)&issue;
    CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_get_issue(client, "x", NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_update_issue(client, "x", &issue, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_delete_issue(client, "x", NULL), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_session_open(client, NULL, &session), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_text_session_open(client, &text_config, NULL, &text_session), "vw_deepdub_client");
    CHECK(out == (vw_deepdub_issue *)&issue && session == NULL && text_session == NULL);
}

static void bad_session(const void *session) {
    vw_deepdub_tts_request request = good_request();
    vw_deepdub_line_options options = good_line();
    vw_deepdub_line *line = NULL;
    vw_session_state state = -7;
    intptr_t handle = -7;
    CHECK_REFUSED(vw_session_poll(session, 0), "vw_deepdub_session");
    CHECK_REFUSED(vw_session_poll_handle(session, &handle), "vw_deepdub_session");
    CHECK_REFUSED(vw_session_wait_ready(session, VW_NO_TIMEOUT), "vw_deepdub_session");
    CHECK_REFUSED(vw_session_get_state(session, &state), "vw_deepdub_session");
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &options, &line), "vw_deepdub_session");
    CHECK(line == NULL && state == -7 && handle == -7);
}

static void bad_text_session(const vw_deepdub_text_session *session) {
    vw_deepdub_text_config config = good_text_config();
    vw_deepdub_turn_options options = good_turn();
    vw_deepdub_turn *turn = NULL;
    double ms = -7;
    CHECK_REFUSED(vw_deepdub_text_session_configure(session, &config), "vw_deepdub_text_session");
    CHECK_REFUSED(vw_deepdub_text_session_ping(session, VW_NO_TIMEOUT, &ms), "vw_deepdub_text_session");
    CHECK_REFUSED(vw_deepdub_text_session_begin_turn(session, &options, &turn), "vw_deepdub_text_session");
    CHECK(turn == NULL && ms == -7);
}

static void bad_turn(vw_deepdub_turn *turn) {
    vw_deepdub_tts_result result;
    int32_t is_ended = -7;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_REFUSED(vw_deepdub_turn_write(turn, "x", VW_NO_TIMEOUT), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_switch(turn, "fr-FR", NULL, VW_NO_TIMEOUT), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_end(turn), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_cancel(turn), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_resume(turn), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_is_ended(turn, &is_ended), "vw_deepdub_turn");
    CHECK_REFUSED(vw_deepdub_turn_get_result(turn, &result), "vw_deepdub_turn");
    CHECK(is_ended == -7);
}

static void bad_line(vw_deepdub_line *line) {
    vw_deepdub_tts_result result;
    int32_t is_ended = -7;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_REFUSED(vw_deepdub_line_cancel(line), "vw_deepdub_line");
    CHECK_REFUSED(vw_deepdub_line_resume(line), "vw_deepdub_line");
    CHECK_REFUSED(vw_deepdub_line_is_ended(line, &is_ended), "vw_deepdub_line");
    CHECK_REFUSED(vw_deepdub_line_get_result(line, &result), "vw_deepdub_line");
    CHECK(is_ended == -7);
}

static void bad_file(vw_audio_file *file) {
    double seconds = 4;
    CHECK_REFUSED(vw_audio_file_write(file, (const uint8_t *)"x", 1), "vw_audio_file");
    CHECK_REFUSED(vw_audio_file_seconds(file, &seconds), "vw_audio_file");
    CHECK_REFUSED(vw_audio_file_finish(file), "vw_audio_file");
    CHECK(seconds == 4);
}

static void bad_handles(vw_deepdub_client *client) {
    unsigned char garbage[64];
    vw_cancel *cancel = NULL, *freed = NULL;
    vw_deepdub_tts_request request = good_request();
    vw_deepdub_issue_request issue = good_issue();
    vw_deepdub_issue *out = NULL;
    void *bad[5];
    size_t i;
    memset(garbage, 0xA5, sizeof garbage);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_cancel_new(&freed), VW_OK);
    CHECK_STATUS(vw_cancel_free(freed), VW_OK);

    bad_client(NULL);
    bad_file(NULL);
    bad_session(NULL);
    bad_text_session(NULL);
    bad_line(NULL);
    bad_turn(NULL);
    CHECK_REFUSED(vw_cancel_now(NULL), "vw_cancel");
    bad[0] = garbage;                       /* memory that never was a handle */
    bad[1] = (void *)(uintptr_t)0x10;       /* no memory at all */
    bad[2] = (void *)(uintptr_t)UINTPTR_MAX;
    bad[3] = freed;
    bad[4] = (void *)"a text";
    for (i = 0; i < 5; i++) {
        bad_client(bad[i]);
        bad_file(bad[i]);
        bad_session(bad[i]);
        bad_text_session(bad[i]);
        bad_line(bad[i]);
        bad_turn(bad[i]);
        CHECK_REFUSED(vw_deepdub_session_free(bad[i]), "vw_deepdub_session");
        CHECK_REFUSED(vw_deepdub_text_session_free(bad[i]), "vw_deepdub_text_session");
        CHECK_REFUSED(vw_deepdub_turn_free(bad[i]), "vw_deepdub_turn");
        CHECK_REFUSED(vw_deepdub_line_free(bad[i]), "vw_deepdub_line");
        CHECK_REFUSED(vw_cancel_now(bad[i]), "vw_cancel");
        CHECK_REFUSED(vw_deepdub_client_free(bad[i]), "vw_deepdub_client");
        CHECK_REFUSED(vw_deepdub_issue_free(bad[i]), "vw_deepdub_issue");
        CHECK_REFUSED(vw_audio_file_free(bad[i]), "vw_audio_file");
        CHECK_REFUSED(vw_cancel_free(bad[i]), "vw_cancel");
        request.cancel = issue.cancel = bad[i];
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), "vw_cancel");
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), "vw_cancel");
        CHECK_REFUSED(vw_deepdub_get_issue(client, "x", bad[i], &out), "vw_cancel");
        CHECK_REFUSED(vw_deepdub_delete_issue(client, "x", bad[i]), "vw_cancel");
    }
    /* A live handle of another type. */
    bad_client((vw_deepdub_client *)cancel);
    bad_file((vw_audio_file *)cancel);
    bad_session(client);
    bad_text_session((vw_deepdub_text_session *)client);
    bad_line((vw_deepdub_line *)client);
    bad_turn((vw_deepdub_turn *)client);
    CHECK_REFUSED(vw_deepdub_client_free((vw_deepdub_client *)cancel), "vw_deepdub_client");
    CHECK_REFUSED(vw_cancel_free((vw_cancel *)client), "vw_cancel");

    /* NULL is nothing to free. */
    CHECK_STATUS(vw_deepdub_client_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(NULL), VW_OK);
    CHECK_STATUS(vw_audio_file_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_free(NULL), VW_OK);
    CHECK_STATUS(vw_cancel_free(NULL), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    CHECK_REFUSED(vw_cancel_free(cancel), "vw_cancel");
}

static void bad_structs(vw_deepdub_client *client) {
    size_t sizes[] = {0, 1, sizeof(size_t), 8, 4097, SIZE_MAX};
    vw_deepdub_client *made = NULL;
    vw_deepdub_issue *out = NULL;
    size_t i;
    CHECK_REFUSED(vw_deepdub_stream_tts(client, NULL, never, NULL, NULL), "vw_deepdub_tts_request");
    CHECK_REFUSED(vw_deepdub_create_issue(client, NULL, &out), "vw_deepdub_issue_request");
    CHECK_REFUSED(vw_deepdub_update_issue(client, "x", NULL, &out), "vw_deepdub_issue_request");
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        vw_deepdub_config config = sandbox_config();
        vw_deepdub_tts_request request = good_request();
        vw_deepdub_issue_request issue = good_issue();
        vw_deepdub_tts_result result;
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        result.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, &result), "vw_deepdub_tts_result.struct_size");
        config.struct_size = request.struct_size = issue.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_client_new(&config, &made), "vw_deepdub_config.struct_size");
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), "vw_deepdub_tts_request.struct_size");
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), "vw_deepdub_issue_request.struct_size");
        CHECK(made == NULL && out == NULL);
    }
}

/* A caller compiled when vw_deepdub_config had no streaming_url: what it has there is none. */
static void structs_of_an_older_version(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    config.streaming_url = (const char *)1;
    config.struct_size = offsetof(vw_deepdub_config, streaming_url);
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

/* A caller compiled against a newer header: fine while it uses nothing new. */
static void structs_of_a_newer_version(void) {
    struct {
        vw_deepdub_config config;
        unsigned char newer[32];
    } extended;
    vw_deepdub_client *client = NULL;
    memset(&extended, 0, sizeof extended);
    extended.config = sandbox_config();
    extended.config.struct_size = sizeof extended;
    CHECK_STATUS(vw_deepdub_client_new(&extended.config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    extended.newer[31] = 1;
    CHECK_REFUSED(vw_deepdub_client_new(&extended.config, &client), "vw_deepdub_config");
}

static void bad_texts(vw_deepdub_client *client) {
    size_t i;
    for (i = 0; i < BAD_TEXTS; i++) {
        const char *bad = BAD_TEXT[i];
        vw_deepdub_client *made = NULL;
        vw_deepdub_issue *out = NULL;
        vw_audio_file *file = NULL;
        vw_format format = 99;

#define CONFIG_FIELD(name)                                                                                             \
    do {                                                                                                               \
        vw_deepdub_config config = sandbox_config();                                                                   \
        config.name = bad;                                                                                             \
        CHECK_REFUSED(vw_deepdub_client_new(&config, &made), #name);                                                   \
    } while (0)
        CONFIG_FIELD(api_key);
        CONFIG_FIELD(rest_url);
        CONFIG_FIELD(websocket_url);
        CONFIG_FIELD(streaming_url);
        CONFIG_FIELD(ca_pem);
        CONFIG_FIELD(proxy);

#define REQUEST_FIELD(name, wire_name)                                                                                 \
    do {                                                                                                               \
        vw_deepdub_tts_request request = good_request();                                                               \
        request.name = bad;                                                                                            \
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), wire_name);                          \
    } while (0)
        REQUEST_FIELD(text, "targetText");
        REQUEST_FIELD(voice_prompt_id, "voicePromptId");
        REQUEST_FIELD(model, "model");
        REQUEST_FIELD(locale, "locale");
        REQUEST_FIELD(generation_id, "generationId");
        REQUEST_FIELD(accent_base_locale, "accentControl.accentBaseLocale");
        REQUEST_FIELD(accent_locale, "accentControl.accentLocale");
        REQUEST_FIELD(performance_reference_prompt_id, "performanceReferencePromptId");

#define ISSUE_FIELD(name, wire_name)                                                                                   \
    do {                                                                                                               \
        vw_deepdub_issue_request issue = good_issue();                                                                 \
        issue.name = bad;                                                                                              \
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), wire_name);                                       \
        CHECK_REFUSED(vw_deepdub_update_issue(client, "x", &issue, &out), wire_name);                                  \
    } while (0)
        ISSUE_FIELD(generation_id, "generationId");
        ISSUE_FIELD(generated_text, "generatedText");
        ISSUE_FIELD(problem_word, "problemWord");
        ISSUE_FIELD(voice_prompt_id, "voicePromptId");
        ISSUE_FIELD(additional_comments, "additionalComments");
        ISSUE_FIELD(problem_audio_path, "problemAudioFile");

        CHECK_REFUSED(vw_deepdub_get_issue(client, bad, NULL, &out), "id");
        CHECK_REFUSED(vw_deepdub_delete_issue(client, bad, NULL), "id");
        CHECK_REFUSED(vw_format_for_path(bad, &format), "path");
        CHECK_REFUSED(vw_audio_file_create(bad, VW_FORMAT_WAV, 8000, &file), "path");
        CHECK(made == NULL && out == NULL && file == NULL && format == 99);
    }
}

static void bad_values(vw_deepdub_client *client) {
    int32_t toggles[] = {-2, 2, 1000, INT32_MIN};
    double numbers[] = {-1.0, 1e308, -INFINITY, INFINITY};
    vw_deepdub_client *made = NULL;
    vw_deepdub_issue *out = NULL;
    vw_audio_file *file = NULL;
    size_t i;

#define REQUEST_VALUE(name, value, wire_name)                                                                          \
    do {                                                                                                               \
        vw_deepdub_tts_request request = good_request();                                                               \
        request.name = value;                                                                                          \
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), wire_name);                          \
    } while (0)
    for (i = 0; i < 4; i++) {
        REQUEST_VALUE(prompt_boost, toggles[i], "promptBoost");
        REQUEST_VALUE(super_stretch, toggles[i], "superStretch");
        REQUEST_VALUE(realtime, toggles[i], "realtime");
        REQUEST_VALUE(clean_audio, toggles[i], "cleanAudio");
        REQUEST_VALUE(auto_gain, toggles[i], "autoGain");
        REQUEST_VALUE(tempo, numbers[i], "tempo");
        REQUEST_VALUE(variance, numbers[i], "variance");
        REQUEST_VALUE(temperature, numbers[i], "temperature");
        if (i != 1) REQUEST_VALUE(target_duration, numbers[i], "targetDuration");
    }
    REQUEST_VALUE(target_duration, 0.0, "targetDuration");
    REQUEST_VALUE(tempo, 0.49, "tempo");
    REQUEST_VALUE(tempo, 2.01, "tempo");
    REQUEST_VALUE(format, 0, "format");
    REQUEST_VALUE(format, 6, "format");
    REQUEST_VALUE(format, INT32_MIN, "format");
    REQUEST_VALUE(sample_rate, 0, "sampleRate");
    REQUEST_VALUE(sample_rate, -2, "sampleRate");
    REQUEST_VALUE(sample_rate, 44101, "sampleRate");
    REQUEST_VALUE(text, NULL, "targetText");
    REQUEST_VALUE(text, "", "targetText");
    REQUEST_VALUE(voice_prompt_id, NULL, "voicePromptId");
    REQUEST_VALUE(voice_prompt_id, " ", "voicePromptId");
    REQUEST_VALUE(generation_id, "not-a-uuid", "generationId");
    REQUEST_VALUE(accent_locale, "fr-FR", "accentControl.accentBaseLocale");
    REQUEST_VALUE(accent_ratio, 0.5, "accentControl.accentBaseLocale");
    REQUEST_VALUE(accent_base_locale, "en-US", "accentControl.accentLocale");
    {
        vw_deepdub_tts_request request = good_request();
        request.tempo = 1.0;
        request.target_duration = 2.0;
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, never, NULL, NULL), "targetDuration");
        request = good_request();
        CHECK_REFUSED(vw_deepdub_stream_tts(client, &request, NULL, NULL, NULL), "on_chunk");
    }

#define CONFIG_VALUE(name, value, error_name)                                                                          \
    do {                                                                                                               \
        vw_deepdub_config config = sandbox_config();                                                                   \
        config.name = value;                                                                                           \
        CHECK_REFUSED(vw_deepdub_client_new(&config, &made), error_name);                                              \
    } while (0)
    CONFIG_VALUE(api_key, "", "api_key");
    CONFIG_VALUE(api_key, "sk-1234", "api_key");
    CONFIG_VALUE(api_key, "dd-with a space", "api_key");
    CONFIG_VALUE(rest_url, "not a url", "rest_url");
    CONFIG_VALUE(rest_url, "http://example.com/api", "rest_url");
    CONFIG_VALUE(rest_url, "ftp://127.0.0.1/", "rest_url");
    CONFIG_VALUE(websocket_url, "ws://example.com/open", "websocket_url");
    CONFIG_VALUE(websocket_url, "https://127.0.0.1/open", "websocket_url");
    CONFIG_VALUE(websocket_url, "", "websocket_url");
    CONFIG_VALUE(streaming_url, "ws://example.com/ws", "streaming_url");
    CONFIG_VALUE(streaming_url, "https://127.0.0.1/ws", "streaming_url");
    CONFIG_VALUE(streaming_url, "", "streaming_url");
    CONFIG_VALUE(proxy, "socks5://127.0.0.1:1080", "proxy");
    CONFIG_VALUE(proxy, "http://", "proxy");
    CONFIG_VALUE(retries, -2, "retries");
    CONFIG_VALUE(retries, INT32_MIN, "retries");
    CONFIG_VALUE(region, 2, "region");
    CONFIG_VALUE(region, -2, "region");
    CONFIG_VALUE(connect_timeout_ms, 0, "connect_timeout");
    CONFIG_VALUE(first_chunk_timeout_ms, 0, "first_chunk_timeout");
    CONFIG_VALUE(between_chunks_timeout_ms, 0, "between_chunks_timeout");
    CONFIG_VALUE(total_timeout_ms, 0, "total_timeout");
    CONFIG_VALUE(rest_timeout_ms, 0, "rest_timeout");
    CONFIG_VALUE(allow_plaintext, 2, "allow_plaintext");
    CONFIG_VALUE(key_in_query, -7, "key_in_query");
    CONFIG_VALUE(ca_pem, "no certificate", "ca_pem");
    CONFIG_VALUE(ca_pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ca_pem");
    CONFIG_VALUE(max_message_bytes, 0, "max_message_bytes");

#define ISSUE_VALUE(name, value, wire_name)                                                                            \
    do {                                                                                                               \
        vw_deepdub_issue_request issue = good_issue();                                                                 \
        issue.name = value;                                                                                            \
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), wire_name);                                       \
    } while (0)
    ISSUE_VALUE(generation_id, NULL, "generationId");
    ISSUE_VALUE(generated_text, NULL, "generatedText");
    ISSUE_VALUE(problem_word, NULL, "problemWord");
    ISSUE_VALUE(voice_prompt_id, NULL, "voicePromptId");
    ISSUE_VALUE(generation_id, "", "generationId");
    ISSUE_VALUE(problem_seconds, -0.5, "problemSeconds");
    ISSUE_VALUE(problem_seconds, INFINITY, "problemSeconds");
    ISSUE_VALUE(problem_audio_size, 10, "problemAudioFile"); /* ten bytes at NULL */
    ISSUE_VALUE(problem_audio, (const uint8_t *)"", "problemAudioFile");
    {
        vw_deepdub_issue_request issue = good_issue();
        issue.problem_audio = (const uint8_t *)"x";
        issue.problem_audio_size = SIZE_MAX;
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), "problemAudioFile");
        issue.problem_audio_size = 1;
        issue.problem_audio_path = "both.wav";
        CHECK_REFUSED(vw_deepdub_create_issue(client, &issue, &out), "problemAudioFile");
        issue = good_issue();
        issue.problem_audio_path = "/nonexistent/clip.wav";
        CHECK_STATUS(vw_deepdub_create_issue(client, &issue, &out), VW_ERR_FILE);
    }
    CHECK_REFUSED(vw_deepdub_get_issue(client, NULL, NULL, &out), "id");
    CHECK_REFUSED(vw_deepdub_get_issue(client, "..", NULL, &out), "id");
    CHECK_REFUSED(vw_deepdub_delete_issue(client, NULL, NULL), "id");
    CHECK_REFUSED(vw_deepdub_delete_issue(client, "", NULL), "id");

    CHECK_REFUSED(vw_audio_file_create("a.wav", 0, 8000, &file), "format");
    CHECK_REFUSED(vw_audio_file_create("a.wav", VW_FORMAT_MP3, 8000, &file), "format");
    CHECK_REFUSED(vw_audio_file_create("a.wav", VW_FORMAT_WAV, 0, &file), "sample_rate");
    CHECK_REFUSED(vw_audio_file_create("a.wav", VW_FORMAT_WAV, -8000, &file), "sample_rate");
    CHECK_REFUSED(vw_audio_file_create(NULL, VW_FORMAT_WAV, 8000, &file), "path");
    CHECK_STATUS(vw_audio_file_create("/", VW_FORMAT_WAV, 8000, &file), VW_ERR_FILE);
    CHECK_STATUS(vw_audio_file_create("/dev/null", VW_FORMAT_WAV, 8000, &file), VW_ERR_FILE);
    CHECK_STATUS(vw_audio_file_create("/nonexistent/a.wav", VW_FORMAT_WAV, 8000, &file), VW_ERR_FILE);
    CHECK(made == NULL && out == NULL && file == NULL);

    CHECK_REFUSED(vw_set_log(5, log_line, NULL), "level");
    CHECK_REFUSED(vw_set_log(-1, log_line, NULL), "level");
    CHECK_STATUS(vw_set_log(VW_LOG_DEBUG, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_set_log(VW_LOG_OFF, log_line, NULL), VW_OK);
}

static void a_file_that_lies(const char *directory) {
    vw_audio_file *file = NULL;
    char path[4096];
    double seconds = 0;
    snprintf(path, sizeof path, "%s/misuse.wav", directory);
    CHECK_STATUS(vw_audio_file_create(path, VW_FORMAT_S16LE, 8000, &file), VW_OK);
    CHECK_REFUSED(vw_audio_file_write(file, NULL, 1), "data");
    CHECK_STATUS(vw_audio_file_write(file, NULL, 0), VW_OK);
    CHECK_REFUSED(vw_audio_file_write(file, (const uint8_t *)"x", SIZE_MAX), "data");
    CHECK_REFUSED(vw_audio_file_seconds(file, NULL), "out");
    CHECK_STATUS(vw_audio_file_finish(file), VW_OK);
    CHECK_REFUSED(vw_audio_file_finish(file), "vw_audio_file");
    CHECK_REFUSED(vw_audio_file_write(file, (const uint8_t *)"x", 1), "vw_audio_file");
    CHECK_REFUSED(vw_audio_file_seconds(file, &seconds), "vw_audio_file");
    CHECK_STATUS(vw_audio_file_free(file), VW_OK);
    CHECK_REFUSED(vw_audio_file_free(file), "vw_audio_file");
}

/* A session for a service that is not there, so that nothing is sent whatever is wrong with the call. */
static void a_session_that_is_misused(void) {
    size_t sizes[] = {0, 1, sizeof(size_t), 8, 4097, SIZE_MAX};
    int32_t toggles[] = {-2, 2, 1000, INT32_MIN};
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL, *polled = NULL;
    vw_deepdub_session_options options;
    vw_deepdub_line_options line_options;
    vw_deepdub_tts_request request = good_request();
    vw_deepdub_line *line = NULL;
    intptr_t handle = -7;
    size_t i;
    config.websocket_url = "ws://127.0.0.1:1/open";
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);

#define SESSION_VALUE(name, value, error_name)                                                                         \
    do {                                                                                                               \
        CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);                                                \
        options.name = value;                                                                                          \
        CHECK_REFUSED(vw_deepdub_session_open(client, &options, &session), error_name);                                \
    } while (0)
    for (i = 0; i < 6; i++) SESSION_VALUE(struct_size, sizes[i], "vw_deepdub_session_options.struct_size");
    SESSION_VALUE(max_running, 0, "max_running");
    SESSION_VALUE(delivery, 2, "delivery");
    SESSION_VALUE(delivery, VW_UNSET, "delivery");
    SESSION_VALUE(keep_alive_ms, 0, "keep_alive");
    SESSION_VALUE(keep_alive_ms, 9, "keep_alive");
    CHECK(session == NULL);

    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_REFUSED(vw_session_poll(session, 0), "session");
    CHECK_REFUSED(vw_session_poll_handle(session, &handle), "session");
    CHECK_REFUSED(vw_session_poll_handle(session, NULL), "out");
    CHECK_REFUSED(vw_session_get_state(session, NULL), "out");
    CHECK(handle == -7);
    CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);
    options.delivery = VW_DELIVERY_POLL;
    options.keep_alive_ms = VW_NO_TIMEOUT;
    CHECK_STATUS(vw_deepdub_session_open(client, &options, &polled), VW_OK);

#define LINE_VALUE(name, value, error_name)                                                                            \
    do {                                                                                                               \
        line_options = good_line();                                                                                    \
        line_options.name = value;                                                                                     \
        CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line_options, &line), error_name);                  \
        CHECK_REFUSED(vw_deepdub_session_speak(polled, &request, &line_options, NULL), error_name);                    \
    } while (0)
    for (i = 0; i < 6; i++) LINE_VALUE(struct_size, sizes[i], "vw_deepdub_line_options.struct_size");
    for (i = 0; i < 4; i++) {
        LINE_VALUE(front, toggles[i], "front");
        LINE_VALUE(resume, toggles[i], "resume");
    }
    LINE_VALUE(resume, VW_ON, "resume"); /* of an mp3 */
    LINE_VALUE(max_buffered_bytes, 0, "max_buffered_bytes");
    LINE_VALUE(on_chunk, NULL, "on_chunk");
    line_options = good_line();
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, NULL, &line), "vw_deepdub_line_options");
    CHECK_REFUSED(vw_deepdub_session_speak(session, NULL, &line_options, &line), "vw_deepdub_tts_request");
    request.text = BAD_TEXT[0];
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line_options, &line), "targetText");
    request.text = "Hello.";
    request.cancel = (const vw_cancel *)client;
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line_options, &line), "vw_cancel");
    CHECK(line == NULL);

    /* What nobody speaks for now is a line all the same, with a handle that may be misused. */
    request.cancel = NULL;
    CHECK_STATUS(vw_deepdub_session_speak(polled, &request, &line_options, &line), VW_OK);
    CHECK_REFUSED(vw_deepdub_line_is_ended(line, NULL), "out");
    CHECK_REFUSED(vw_deepdub_line_get_result(line, NULL), "result");
    for (i = 0; i < 6; i++) {
        vw_deepdub_tts_result result;
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        result.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_line_get_result(line, &result), "vw_deepdub_tts_result.struct_size");
    }
    CHECK_REFUSED(vw_session_poll(line, 0), "vw_deepdub_session");
    CHECK_STATUS(vw_deepdub_line_resume(line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_cancel(line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_cancel(line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(line), VW_OK);
    bad_line(line);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    bad_session(session);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(polled), VW_OK);
}

/* As before, where text would be streamed in. */
static void a_text_session_that_is_misused(void) {
    size_t sizes[] = {0, 1, sizeof(size_t), 8, 4097, SIZE_MAX};
    int32_t toggles[] = {-2, 2, 1000, INT32_MIN};
    double numbers[] = {-1.0, 0.0, -INFINITY, INFINITY};
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_text_session *session = NULL, *polled = NULL;
    vw_deepdub_text_session_options options;
    vw_deepdub_text_config text_config, good = good_text_config();
    vw_deepdub_turn_options turn_options = good_turn();
    vw_deepdub_turn *turn = NULL;
    intptr_t handle = -7;
    double ms = -7;
    size_t i;
    config.streaming_url = "ws://127.0.0.1:1/ws";
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);

#define TEXT_SESSION_VALUE(name, value, error_name)                                                                    \
    do {                                                                                                               \
        CHECK_STATUS(vw_deepdub_text_session_options_init(&options), VW_OK);                                           \
        options.name = value;                                                                                          \
        CHECK_REFUSED(vw_deepdub_text_session_open(client, &good, &options, &session), error_name);                    \
    } while (0)
    for (i = 0; i < 6; i++) TEXT_SESSION_VALUE(struct_size, sizes[i], "vw_deepdub_text_session_options.struct_size");
    TEXT_SESSION_VALUE(delivery, 2, "delivery");
    TEXT_SESSION_VALUE(delivery, VW_UNSET, "delivery");
    TEXT_SESSION_VALUE(keep_alive_ms, 0, "keep_alive");
    TEXT_SESSION_VALUE(keep_alive_ms, 9, "keep_alive");
    TEXT_SESSION_VALUE(max_unsent_bytes, 0, "max_unsent_bytes");
    CHECK_REFUSED(vw_deepdub_text_session_open(client, NULL, NULL, &session), "vw_deepdub_text_config");
    CHECK(session == NULL);

    CHECK_STATUS(vw_deepdub_text_session_options_init(&options), VW_OK);
    options.delivery = VW_DELIVERY_POLL;
    options.keep_alive_ms = VW_NO_TIMEOUT;
    CHECK_STATUS(vw_deepdub_text_session_open(client, &good, &options, &polled), VW_OK);

#define TEXT_CONFIG_VALUE(name, value, error_name)                                                                     \
    do {                                                                                                               \
        text_config = good_text_config();                                                                              \
        text_config.name = value;                                                                                      \
        CHECK_REFUSED(vw_deepdub_text_session_open(client, &text_config, NULL, &session), error_name);                 \
        CHECK_REFUSED(vw_deepdub_text_session_configure(polled, &text_config), error_name);                            \
    } while (0)
    for (i = 0; i < 6; i++) TEXT_CONFIG_VALUE(struct_size, sizes[i], "vw_deepdub_text_config.struct_size");
    for (i = 0; i < BAD_TEXTS; i++) {
        TEXT_CONFIG_VALUE(voice_prompt_id, BAD_TEXT[i], "voicePromptId");
        TEXT_CONFIG_VALUE(model, BAD_TEXT[i], "model");
        TEXT_CONFIG_VALUE(locale, BAD_TEXT[i], "locale");
        TEXT_CONFIG_VALUE(target_gender, BAD_TEXT[i], "targetGender");
    }
    for (i = 0; i < 4; i++) {
        TEXT_CONFIG_VALUE(accept_emojis, toggles[i], "acceptEmojis");
        TEXT_CONFIG_VALUE(realtime, toggles[i], "realtime");
        TEXT_CONFIG_VALUE(first_audio_timeout, numbers[i], "firstAudioTimeout");
    }
    TEXT_CONFIG_VALUE(voice_prompt_id, NULL, "voicePromptId");
    TEXT_CONFIG_VALUE(voice_prompt_id, "", "voicePromptId");
    TEXT_CONFIG_VALUE(model, " ", "model");
    TEXT_CONFIG_VALUE(locale, "", "locale");
    TEXT_CONFIG_VALUE(target_gender, "", "targetGender");
    TEXT_CONFIG_VALUE(format, VW_FORMAT_MP3, "format");
    TEXT_CONFIG_VALUE(format, VW_FORMAT_OPUS, "format");
    TEXT_CONFIG_VALUE(format, 0, "format");
    TEXT_CONFIG_VALUE(sample_rate, 0, "sampleRate");
    TEXT_CONFIG_VALUE(sample_rate, -2, "sampleRate");
    TEXT_CONFIG_VALUE(sample_rate, 44101, "sampleRate");
    CHECK_REFUSED(vw_deepdub_text_session_configure(polled, NULL), "vw_deepdub_text_config");
    CHECK_STATUS(vw_deepdub_text_session_configure(polled, &good), VW_OK);

    CHECK_STATUS(vw_deepdub_text_session_open(client, &good, NULL, &session), VW_OK);
    CHECK_REFUSED(vw_session_poll(session, 0), "session");
    CHECK_REFUSED(vw_session_poll_handle(session, &handle), "session");
    CHECK_REFUSED(vw_session_poll_handle(session, NULL), "out");
    CHECK_REFUSED(vw_session_get_state(session, NULL), "out");
    CHECK(vw_deepdub_text_session_ping(session, 1, &ms) != VW_OK);
    CHECK(vw_deepdub_text_session_ping(session, 1, NULL) != VW_OK);
    CHECK(handle == -7 && ms == -7);

#define TURN_VALUE(name, value, error_name)                                                                            \
    do {                                                                                                               \
        turn_options = good_turn();                                                                                    \
        turn_options.name = value;                                                                                     \
        CHECK_REFUSED(vw_deepdub_text_session_begin_turn(session, &turn_options, &turn), error_name);                  \
        CHECK_REFUSED(vw_deepdub_text_session_begin_turn(polled, &turn_options, &turn), error_name);                   \
    } while (0)
    for (i = 0; i < 6; i++) TURN_VALUE(struct_size, sizes[i], "vw_deepdub_turn_options.struct_size");
    TURN_VALUE(max_buffered_bytes, 0, "max_buffered_bytes");
    TURN_VALUE(on_chunk, NULL, "on_chunk");
    TURN_VALUE(cancel, (const vw_cancel *)client, "vw_cancel");
    turn_options = good_turn();
    CHECK_REFUSED(vw_deepdub_text_session_begin_turn(session, NULL, &turn), "vw_deepdub_turn_options");
    CHECK_REFUSED(vw_deepdub_text_session_begin_turn(session, &turn_options, NULL), "out");
    CHECK(turn == NULL);

    CHECK_STATUS(vw_deepdub_text_session_begin_turn(session, &turn_options, &turn), VW_OK);
    CHECK_REFUSED(vw_deepdub_turn_write(turn, NULL, 0), "text");
    for (i = 0; i < BAD_TEXTS; i++) {
        if (i + 1 < BAD_TEXTS) CHECK_REFUSED(vw_deepdub_turn_write(turn, BAD_TEXT[i], 0), "text");
        CHECK_REFUSED(vw_deepdub_turn_switch(turn, BAD_TEXT[i], NULL, 0), "locale");
        CHECK_REFUSED(vw_deepdub_turn_switch(turn, NULL, BAD_TEXT[i], 0), "voicePromptId");
    }
    CHECK_STATUS(vw_deepdub_turn_write(turn, BAD_TEXT[BAD_TEXTS - 1], 0), VW_OK);
    CHECK_REFUSED(vw_deepdub_turn_write(turn, "x", 0), "text");
    CHECK_STATUS(vw_deepdub_turn_write(turn, "\xa9.", 0), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_write(turn, "", 0), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_switch(turn, NULL, NULL, 0), VW_OK);
    CHECK_REFUSED(vw_deepdub_turn_switch(turn, "", NULL, 0), "locale");
    CHECK_REFUSED(vw_deepdub_turn_switch(turn, NULL, " ", 0), "voicePromptId");
    CHECK_REFUSED(vw_deepdub_turn_is_ended(turn, NULL), "out");
    CHECK_REFUSED(vw_deepdub_turn_get_result(turn, NULL), "result");
    for (i = 0; i < 6; i++) {
        vw_deepdub_tts_result result;
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        result.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_turn_get_result(turn, &result), "vw_deepdub_tts_result.struct_size");
    }
    bad_session(turn);
    bad_line((vw_deepdub_line *)turn);
    bad_turn((vw_deepdub_turn *)session);
    CHECK_REFUSED(vw_deepdub_session_free((vw_deepdub_session *)session), "vw_deepdub_session");
    CHECK_STATUS(vw_deepdub_turn_resume(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_end(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_end(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_write(turn, "x", VW_NO_TIMEOUT), VW_ERR_CLOSED);
    CHECK_STATUS(vw_deepdub_turn_cancel(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_cancel(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_write(turn, "x", VW_NO_TIMEOUT), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_turn_free(turn), VW_OK);
    bad_turn(turn);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
    bad_text_session(session);
    bad_session(session);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_ping(polled, VW_NO_TIMEOUT, &ms), VW_ERR_CLOSED);
    CHECK_STATUS(vw_deepdub_text_session_free(polled), VW_OK);
}

static void a_tag_that_does_not_fit(void) {
    char buffer[64] = "as it was";
    size_t i, needed = 7;
    for (i = 0; i < BAD_TEXTS; i++) {
        CHECK_REFUSED(vw_deepdub_config_tag(BAD_TEXT[i], NULL, buffer, sizeof buffer, &needed), "locale");
        CHECK_REFUSED(vw_deepdub_config_tag(NULL, BAD_TEXT[i], buffer, sizeof buffer, &needed), "voicePromptId");
    }
    CHECK_REFUSED(vw_deepdub_config_tag("", NULL, buffer, sizeof buffer, &needed), "locale");
    CHECK_REFUSED(vw_deepdub_config_tag("es-MX", NULL, NULL, 1, &needed), "buffer");
    CHECK(needed == 7);
    for (i = 0; i < 26; i++) {
        CHECK_REFUSED(vw_deepdub_config_tag("es-MX", NULL, buffer, i, NULL), "size");
        needed = 7;
        CHECK_REFUSED(vw_deepdub_config_tag("es-MX", NULL, buffer, i, &needed), "size");
        CHECK(needed == 26 && strcmp(buffer, "as it was") == 0);
    }
}

int main(void) {
    vw_deepdub_config config;
    vw_deepdub_client *client = NULL;
    texts_about_statuses();
    config = sandbox_config();
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    null_out_parameters(client);
    bad_handles(client);
    bad_structs(client);
    structs_of_an_older_version();
    structs_of_a_newer_version();
    bad_texts(client);
    bad_values(client);
    a_session_that_is_misused();
    a_text_session_that_is_misused();
    a_tag_that_does_not_fit();
    a_file_that_lies(environment("TEST_DIRECTORY"));
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    CHECK_REFUSED(vw_deepdub_client_free(client), "vw_deepdub_client");
    bad_client(client);
    printf("%d checks\n", checks);
    return 0;
}
