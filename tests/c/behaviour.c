/* The C interface at work: streaming, stopping, errors, issues, files, the log. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define TEXT "The quick brown fox jumps over the lazy dog, and then it sleeps."

typedef struct heard {
    vw_deepdub_client *client; /* freed in the callback when free_client is set */
    vw_cancel *cancel;         /* used in the callback when set */
    vw_audio_file *file;
    uint64_t chunks, bytes, samples;
    uint64_t stop_after; /* chunks; 0 is never */
    int finals, free_client;
    char generation_id[40];
} heard;

static int32_t hear(const vw_deepdub_chunk *chunk, void *user_data) {
    heard *heard = user_data;
    CHECK(chunk->struct_size == sizeof *chunk);
    CHECK(chunk->index == heard->chunks);
    CHECK(chunk->data != NULL && chunk->size > 0);
    CHECK(strlen(chunk->generation_id) == 36);
    snprintf(heard->generation_id, sizeof heard->generation_id, "%s", chunk->generation_id);
    heard->chunks++;
    heard->bytes += chunk->size;
    heard->samples += chunk->samples_size;
    heard->finals += chunk->is_final;
    if (heard->file != NULL) CHECK_STATUS(vw_audio_file_write(heard->file, chunk->data, chunk->size), VW_OK);
    if (heard->free_client) CHECK_STATUS(vw_deepdub_client_free(heard->client), VW_OK);
    if (heard->cancel != NULL) CHECK_STATUS(vw_cancel_now(heard->cancel), VW_OK);
    return heard->chunks == heard->stop_after ? VW_STOP : VW_CONTINUE;
}

static vw_deepdub_tts_request request_for(vw_format format, const char *voice) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = TEXT;
    request.voice_prompt_id = voice;
    request.format = format;
    request.sample_rate = 16000;
    request.seed = 7;
    return request;
}

static vw_deepdub_client *new_client(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    return client;
}

/* The threads of this process; 1 where that cannot be told. */
static int threads(void) {
    char line[256];
    int count = 1;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return 1;
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "Threads:", 8) == 0) count = atoi(line + 8);
    }
    fclose(status);
    return count;
}

static int32_t count_threads(const vw_deepdub_chunk *chunk, void *user_data) {
    (void)chunk;
    (void)user_data;
    CHECK(threads() == 1);
    return VW_CONTINUE;
}

static void starts_no_thread(vw_deepdub_client *client) {
    vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, VOICE);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, count_threads, NULL, NULL), VW_OK);
}

static void speaks_in_every_format(vw_deepdub_client *client) {
    vw_format formats[] = {VW_FORMAT_MP3, VW_FORMAT_WAV, VW_FORMAT_OPUS, VW_FORMAT_MULAW, VW_FORMAT_S16LE};
    size_t i;
    for (i = 0; i < 5; i++) {
        vw_deepdub_tts_request request = request_for(formats[i], VOICE);
        vw_deepdub_tts_result result;
        heard heard = {0};
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, &result), VW_OK);
        CHECK(heard.finals == 1 && heard.chunks > 1);
        CHECK(result.chunks == heard.chunks && result.bytes == heard.bytes && result.duplicates == 0);
        CHECK(strcmp(result.generation_id, heard.generation_id) == 0);
        CHECK(result.connect_ms >= 0 && result.first_chunk_ms >= result.connect_ms);
        CHECK(result.total_ms >= result.first_chunk_ms);
        if (formats[i] == VW_FORMAT_WAV) CHECK(heard.bytes == heard.samples + 68 * heard.chunks);
        else if (formats[i] == VW_FORMAT_MP3 || formats[i] == VW_FORMAT_OPUS) CHECK(heard.samples == 0);
        else CHECK(heard.bytes == heard.samples);
    }
}

static void sends_every_parameter(vw_deepdub_client *client) {
    const char *id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    vw_deepdub_tts_request request = request_for(VW_FORMAT_MP3, VOICE);
    vw_deepdub_tts_result result;
    heard heard = {0};
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    request.model = "dd-etts-3.2";
    request.locale = "fr-FR";
    request.generation_id = id;
    request.tempo = 1.5;
    request.variance = 0.0;
    request.temperature = 1.0;
    request.seed = 0;
    request.prompt_boost = request.realtime = request.auto_gain = VW_ON;
    request.super_stretch = request.clean_audio = VW_OFF;
    request.accent_base_locale = "en-US";
    request.accent_locale = "fr-FR";
    request.accent_ratio = 0.0;
    request.performance_reference_prompt_id = "vp_2";
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, &result), VW_OK);
    CHECK(strcmp(result.generation_id, id) == 0);
}

static void stops_from_the_callback(vw_deepdub_client *client) {
    vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, VOICE);
    heard heard = {0};
    heard.stop_after = 2;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, NULL), VW_ERR_CANCELLED);
    CHECK(heard.chunks == 2);
    CHECK(vw_last_error()->chunks_received == 2 && vw_last_error()->bytes_received == heard.bytes);
    CHECK(strcmp(vw_last_error()->generation_id, heard.generation_id) == 0);
}

static void handles_may_go_in_the_callback(void) {
    vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, VOICE);
    heard heard = {0};
    vw_cancel *cancel = NULL;
    heard.client = new_client();
    heard.free_client = 1;
    CHECK_STATUS(vw_deepdub_stream_tts(heard.client, &request, hear, &heard, NULL), VW_ERR_CANCELLED);
    CHECK(heard.chunks == 1);
    CHECK_STATUS(vw_deepdub_stream_tts(heard.client, &request, hear, &heard, NULL), VW_ERR_INVALID_ARGUMENT);

    memset(&heard, 0, sizeof heard);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    heard.client = new_client();
    heard.cancel = cancel;
    request.cancel = cancel;
    CHECK_STATUS(vw_deepdub_stream_tts(heard.client, &request, hear, &heard, NULL), VW_ERR_CANCELLED);
    CHECK(heard.chunks == 1);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(heard.client), VW_OK);
}

static void *cancel_thread(void *cancel) {
    CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    return NULL;
}

static void *free_thread(void *client) {
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    return NULL;
}

/* A call that waits for ever, ended by another thread. */
static void stops_from_another_thread(void) {
    vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, "fault:stall");
    heard heard = {0};
    pthread_t thread;
    vw_cancel *cancel = NULL;
    vw_deepdub_client *client = new_client();
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    request.cancel = cancel;
    CHECK(pthread_create(&thread, NULL, cancel_thread, cancel) == 0);
    /* The token may be used before the call begins, or freed even: both are in order. */
    {
        vw_status status = vw_deepdub_stream_tts(client, &request, hear, &heard, NULL);
        CHECK(status == VW_ERR_CANCELLED || (status == VW_ERR_INVALID_ARGUMENT && heard.chunks == 0));
    }
    CHECK(pthread_join(thread, NULL) == 0);

    request.cancel = NULL;
    CHECK(pthread_create(&thread, NULL, free_thread, client) == 0);
    {
        vw_status status = vw_deepdub_stream_tts(client, &request, hear, &heard, NULL);
        CHECK(status == VW_ERR_CANCELLED || (status == VW_ERR_INVALID_ARGUMENT && heard.chunks == 0));
    }
    CHECK(pthread_join(thread, NULL) == 0);
}

typedef struct expectation {
    const char *voice;
    vw_status status;
    const char *vendor_type, *field;
    uint64_t chunks;
} expectation;

static void tells_errors_apart(vw_deepdub_client *client) {
    const expectation expected[] = {
        {"fault:error=RateLimit", VW_ERR_RATE_LIMITED, "RateLimit", NULL, 0},
        {"fault:error=MaxExceeded", VW_ERR_QUOTA_EXCEEDED, "MaxExceeded", NULL, 0},
        {"fault:error=InsufficientCredits,after=1", VW_ERR_INSUFFICIENT_CREDITS, "InsufficientCredits", NULL, 1},
        {"fault:error=InvalidInput,anonymous", VW_ERR_REJECTED_INPUT, "InvalidInput", NULL, 0},
        {"fault:error=Server,after=2", VW_ERR_SERVER, "Server", NULL, 2},
        {"fault:drop,after=2", VW_ERR_NETWORK, NULL, NULL, 2},
        {"fault:close=1011,after=1", VW_ERR_CLOSED, NULL, NULL, 1},
        {"fault:bad-frame,after=1", VW_ERR_PROTOCOL, NULL, NULL, 1},
        {"fault:bad-json", VW_ERR_PROTOCOL, NULL, NULL, 0},
        {"fault:bad-base64,after=1", VW_ERR_PROTOCOL, NULL, NULL, 1},
        {"fault:bad-utf8,after=1", VW_ERR_PROTOCOL, NULL, NULL, 1},
        {"fault:gap=1", VW_ERR_PROTOCOL, NULL, NULL, 1},
        {"fault:oversize=16777300", VW_ERR_PROTOCOL, NULL, "max_message_bytes", 0},
    };
    size_t i;
    for (i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const expectation *is = &expected[i];
        vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, is->voice);
        vw_deepdub_tts_result result;
        const vw_error *error;
        heard heard = {0};
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, &result), is->status);
        error = vw_last_error();
        CHECK(error->status == is->status && error->message[0] != '\0');
        CHECK(strstr(error->description, error->message) != NULL);
        CHECK(heard.chunks == is->chunks && error->chunks_received == is->chunks);
        CHECK(error->bytes_received == heard.bytes);
        CHECK(strlen(error->generation_id) == 36 && strncmp(error->url, "ws://127.0.0.1:", 15) == 0);
        CHECK((error->vendor_type == NULL) == (is->vendor_type == NULL));
        CHECK(is->vendor_type == NULL || strcmp(error->vendor_type, is->vendor_type) == 0);
        CHECK(is->field == NULL || strcmp(error->field, is->field) == 0);
        CHECK(result.chunks == 0); /* untouched on failure */
    }
}

static void time_limits_are_kept(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_tts_request request = request_for(VW_FORMAT_S16LE, "fault:stall,after=1");
    vw_deepdub_client *client = NULL;
    heard heard = {0};
    config.between_chunks_timeout_ms = 400;
    config.total_timeout_ms = VW_NO_TIMEOUT;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, NULL), VW_ERR_TIMEOUT);
    CHECK(strcmp(vw_last_error()->field, "between_chunks_timeout") == 0);
    CHECK(vw_last_error()->chunks_received == 1);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

static void issues_live_and_die(vw_deepdub_client *client) {
    uint8_t clip[256];
    vw_deepdub_issue_request request, changes;
    vw_deepdub_issue *filed = NULL, *seen = NULL, *changed = NULL;
    char id[64];
    int i;
    for (i = 0; i < 256; i++) clip[i] = (uint8_t)i;
    CHECK_STATUS(vw_deepdub_issue_request_init(&request), VW_OK);
    request.generation_id = "abc123";
    request.generated_text = "Sch\xc3\xb6ne Gr\xc3\xbc\xc3\x9f" "e from Deepdub.";
    request.problem_word = "Deepdub";
    request.voice_prompt_id = VOICE;
    request.problem_audio = clip;
    request.problem_audio_size = sizeof clip;
    request.problem_seconds = 0.0;
    CHECK_STATUS(vw_deepdub_create_issue(client, &request, &filed), VW_OK);
    CHECK(filed->struct_size == sizeof *filed);
    CHECK(strncmp(filed->id, "iss_", 4) == 0 && strcmp(filed->state, "open") == 0);
    CHECK(strcmp(filed->generated_text, request.generated_text) == 0);
    CHECK(strcmp(filed->problem_word, "Deepdub") == 0 && strcmp(filed->generation_id, "abc123") == 0);
    CHECK(strcmp(filed->voice_prompt_id, VOICE) == 0 && filed->problem_seconds == 0.0);
    CHECK(filed->created_at != NULL && filed->updated_at != NULL && filed->additional_comments == NULL);
    CHECK(strstr(filed->json, "\"problemAudioBytes\":256") != NULL); /* a field that this library does not know */

    CHECK_STATUS(vw_deepdub_issue_request_init(&changes), VW_OK);
    changes.additional_comments = "Twice.";
    CHECK_STATUS(vw_deepdub_update_issue(client, filed->id, &changes, &changed), VW_OK);
    CHECK(strcmp(changed->additional_comments, "Twice.") == 0 && strcmp(changed->problem_word, "Deepdub") == 0);
    CHECK_STATUS(vw_deepdub_get_issue(client, filed->id, NULL, &seen), VW_OK);
    CHECK(strcmp(seen->json, changed->json) == 0);
    CHECK_STATUS(vw_deepdub_delete_issue(client, filed->id, NULL), VW_OK);
    snprintf(id, sizeof id, "%s", filed->id);
    CHECK_STATUS(vw_deepdub_issue_free(filed), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(seen), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(changed), VW_OK);

    seen = NULL;
    CHECK_STATUS(vw_deepdub_get_issue(client, id, NULL, &seen), VW_ERR_NOT_FOUND);
    CHECK(seen == NULL);
    CHECK(vw_last_error()->http_status == 404 && strcmp(vw_last_error()->message, "Issue not found") == 0);
    CHECK(vw_last_error()->retry_after_seconds < 0 && vw_last_error()->attempts == 1);
}

static long file_size(const char *path) {
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file != NULL) {
        fseek(file, 0, SEEK_END);
        size = ftell(file);
        fclose(file);
    }
    return size;
}

static void files_appear_when_they_are_finished(vw_deepdub_client *client, const char *directory) {
    char path[4096];
    vw_deepdub_tts_request request = request_for(VW_FORMAT_WAV, VOICE);
    heard heard = {0};
    double seconds = 0;
    snprintf(path, sizeof path, "%s/line.wav", directory);
    CHECK_STATUS(vw_audio_file_create(path, VW_FORMAT_WAV, 16000, &heard.file), VW_OK);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, NULL), VW_OK);
    CHECK_STATUS(vw_audio_file_seconds(heard.file, &seconds), VW_OK);
    CHECK(seconds == (double)(heard.samples / 2) / 16000);
    CHECK(file_size(path) == -1);
    CHECK_STATUS(vw_audio_file_finish(heard.file), VW_OK);
    CHECK_STATUS(vw_audio_file_free(heard.file), VW_OK);
    CHECK(file_size(path) == 44 + (long)heard.samples);

    snprintf(path, sizeof path, "%s/given_up.wav", directory);
    CHECK_STATUS(vw_audio_file_create(path, VW_FORMAT_WAV, 16000, &heard.file), VW_OK);
    CHECK_STATUS(vw_audio_file_free(heard.file), VW_OK);
    CHECK(file_size(path) == -1);
}

typedef struct lines {
    int count, saw_generation;
} lines;

static void log_line(vw_log_level level, const char *message, void *user_data) {
    lines *lines = user_data;
    CHECK(level >= VW_LOG_ERROR && level <= VW_LOG_DEBUG);
    CHECK(strstr(message, environment("TEST_KEY")) == NULL);
    CHECK(strchr(message, '\n') == NULL);
    lines->count++;
    if (strstr(message, "generation ") != NULL) lines->saw_generation = 1;
    CHECK_STATUS(vw_set_log(VW_LOG_OFF, NULL, NULL), VW_ERR_INVALID_ARGUMENT); /* not from in here */
}

static void the_log_is_handed_over_without_the_key(vw_deepdub_client *client) {
    vw_deepdub_tts_request request = request_for(VW_FORMAT_MP3, "fault:error=InvalidInput");
    vw_deepdub_issue *issue = NULL;
    heard heard = {0};
    lines lines = {0, 0};
    int before;
    CHECK_STATUS(vw_set_log(VW_LOG_DEBUG, log_line, &lines), VW_OK);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, &heard, NULL), VW_ERR_REJECTED_INPUT);
    CHECK_STATUS(vw_deepdub_get_issue(client, "iss_none", NULL, &issue), VW_ERR_NOT_FOUND);
    CHECK(lines.count > 0 && lines.saw_generation);
    before = lines.count;
    CHECK_STATUS(vw_set_log(VW_LOG_OFF, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_get_issue(client, "iss_none", NULL, &issue), VW_ERR_NOT_FOUND);
    CHECK(lines.count == before);
}

static void a_missing_key_is_told(void) {
    vw_deepdub_client *client = NULL;
    CHECK(unsetenv("DEEPDUB_API_KEY") == 0);
    CHECK_REFUSED(vw_deepdub_client_new(NULL, &client), "api_key");
    CHECK(strstr(vw_last_error()->message, "DEEPDUB_API_KEY") != NULL);
    CHECK(setenv("DEEPDUB_API_KEY", "dd-from-the-environment", 1) == 0);
    CHECK_STATUS(vw_deepdub_client_new(NULL, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

int main(void) {
    const char *directory = environment("TEST_DIRECTORY");
    vw_deepdub_client *client = new_client();
    starts_no_thread(client);
    speaks_in_every_format(client);
    sends_every_parameter(client);
    stops_from_the_callback(client);
    handles_may_go_in_the_callback();
    stops_from_another_thread();
    tells_errors_apart(client);
    time_limits_are_kept();
    issues_live_and_die(client);
    files_appear_when_they_are_finished(client, directory);
    the_log_is_handed_over_without_the_key(client);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    a_missing_key_is_told();
    printf("%d checks\n", checks);
    return 0;
}
