/* Deepdub's REST calls from C: each endpoint of the table is called, which tests/c_deepdub_rest.rs looks up in the
 * sandbox's log. TEST_DIRECTORY has voice.wav, one second of a man's voice, and text.wav, which is none. */
#include "check.h"

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define MODEL "dd-etts-3.0"

typedef struct heard {
    size_t bytes;
    uint64_t chunks;
    int finals;
    int stop;
    vw_cancel *cancel;
    vw_deepdub_client *client;
} heard;

static int32_t hear(const vw_deepdub_chunk *chunk, void *user_data) {
    heard *heard = user_data;
    CHECK(chunk->index == heard->chunks && chunk->size <= 16 * 1024);
    CHECK(chunk->size > 0 || chunk->is_final);
    CHECK(strlen(chunk->generation_id) == 36);
    heard->chunks++;
    heard->bytes += chunk->size;
    heard->finals += chunk->is_final;
    if (heard->cancel != NULL) CHECK_STATUS(vw_cancel_now(heard->cancel), VW_OK);
    if (heard->client != NULL) {
        CHECK_STATUS(vw_deepdub_client_free(heard->client), VW_OK);
        heard->client = NULL;
    }
    return heard->stop ? VW_STOP : VW_CONTINUE;
}

static vw_deepdub_tts_request speech(const char *voice) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "The quick brown fox jumps over the lazy dog.";
    request.voice_prompt_id = voice;
    request.sample_rate = 16000;
    return request;
}

static void speak(vw_deepdub_client *client, const char *sample) {
    vw_deepdub_tts_request request = speech(VOICE);
    vw_deepdub_post_options options;
    vw_deepdub_tts_result result;
    vw_json *file = NULL, *answer = NULL;
    heard all = {0};
    CHECK_STATUS(vw_deepdub_post_options_init(&options), VW_OK);
    CHECK(options.voice_reference == NULL && options.publish == VW_UNSET);
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &all, &result), VW_OK);
    CHECK(all.bytes > 1000 && all.finals == 1 && all.bytes == result.bytes && all.chunks == result.chunks + 1);
    CHECK(result.first_chunk_ms > 0 && result.first_chunk_ms <= result.total_ms);
    memset(&all, 0, sizeof all);
    options.voice_reference_path = sample;
    options.publish = VW_OFF;
    request.format = VW_FORMAT_OPUS;
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, &options, hear, &all, NULL), VW_OK);
    CHECK(all.finals == 1);
    request.format = VW_FORMAT_WAV;
    CHECK_STATUS(vw_deepdub_tts_retroactive(client, &request, &file), VW_OK);
    CHECK(vw_json_str(file, "/url") != NULL);
    CHECK_STATUS(vw_deepdub_classify_gender_at(client, vw_json_str(file, "/url"), NULL, &answer), VW_OK);
    CHECK(vw_json_number(answer, "/duration_seconds", 0) > 1.0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_json_free(file), VW_OK);
}

static void stop(vw_deepdub_client *client, const vw_deepdub_config *config) {
    vw_deepdub_tts_request request = speech("fault:stall,after=1");
    vw_deepdub_tts_result result;
    heard some = {0};
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    some.stop = 1;
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &some, &result), VW_ERR_CANCELLED);
    CHECK(some.chunks == 1 && vw_last_error()->chunks_received == 1);
    CHECK(vw_last_error()->bytes_received == some.bytes && result.bytes == 0);
    memset(&some, 0, sizeof some);
    CHECK_STATUS(vw_cancel_new(&some.cancel), VW_OK);
    request.cancel = some.cancel;
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &some, NULL), VW_ERR_CANCELLED);
    CHECK(some.chunks == 1);
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &some, NULL), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_cancel_free(some.cancel), VW_OK);
    memset(&some, 0, sizeof some);
    request.cancel = NULL;
    CHECK_STATUS(vw_deepdub_client_new(config, &some.client), VW_OK);
    CHECK_STATUS(vw_deepdub_post_tts(some.client, &request, NULL, hear, &some, NULL), VW_ERR_CANCELLED);
    CHECK(some.chunks == 1 && some.client == NULL);
}

static void fail(vw_deepdub_client *client) {
    vw_deepdub_tts_request request = speech("fault:http=402");
    heard none = {0}, some = {0};
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &none, NULL), VW_ERR_INSUFFICIENT_CREDITS);
    CHECK(vw_last_error()->http_status == 402);
    request.voice_prompt_id = "fault:http=429,retry-after=600";
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &none, NULL), VW_ERR_RATE_LIMITED);
    CHECK(vw_last_error()->retry_after_seconds == 600.0);
    request.voice_prompt_id = "fault:http=500";
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, NULL, hear, &none, NULL), VW_ERR_SERVER);
    CHECK(none.chunks == 0);
    request.voice_prompt_id = "fault:drop,after=1";
    CHECK(vw_deepdub_post_tts(client, &request, NULL, hear, &some, NULL) != VW_OK);
    CHECK(some.bytes > 0 && some.finals == 0 && vw_last_error()->bytes_received == some.bytes);
}

static void voices(vw_deepdub_client *client, const char *sample, const char *text) {
    vw_deepdub_voice_request request;
    vw_deepdub_voice_changes changes;
    vw_json *made = NULL, *voice = NULL, *all = NULL, *none = NULL;
    const char *id;
    CHECK_STATUS(vw_deepdub_voice_request_init(&request), VW_OK);
    request.audio_path = sample;
    request.title = "Narrator";
    request.text = "Gr\xc3\xbc\xc3\x9f" "e";
    request.locale = "de-DE";
    request.gender = "NON_BINARY";
    request.age = 35;
    request.speaking_style = "Calm";
    request.speaker_id = "speaker 7";
    request.publish = VW_OFF;
    CHECK_STATUS(vw_deepdub_upload_voice(client, &request, &made), VW_OK);
    id = vw_json_str(made, "/voice_prompt_id");
    CHECK(id != NULL);
    printf("voice %s\n", id);
    CHECK_STATUS(vw_deepdub_get_voice(client, id, NULL, &voice), VW_OK);
    CHECK(strcmp(vw_json_str(voice, "/id"), id) == 0 && strcmp(vw_json_str(voice, "/title"), "Narrator") == 0);
    CHECK(strcmp(vw_json_str(voice, "/text"), request.text) == 0);
    CHECK(strcmp(vw_json_str(voice, "/locale"), "de-DE") == 0);
    CHECK(strcmp(vw_json_str(voice, "/gender"), "NON_BINARY") == 0);
    CHECK(strcmp(vw_json_str(voice, "/speakingStyle"), "Calm") == 0);
    CHECK(strcmp(vw_json_str(voice, "/speakerId"), "speaker 7") == 0);
    CHECK_STATUS(vw_json_free(voice), VW_OK);
    CHECK_STATUS(vw_deepdub_list_voices(client, VW_UNSET, NULL, &all), VW_OK);
    CHECK(vw_json_size(all, "") == 7 && strcmp(vw_json_str(all, "/6/id"), id) == 0);
    CHECK_STATUS(vw_json_free(all), VW_OK);
    CHECK_STATUS(vw_deepdub_list_voices(client, 2, NULL, &all), VW_OK);
    CHECK(vw_json_size(all, "") == 2);
    CHECK_STATUS(vw_json_free(all), VW_OK);
    CHECK_STATUS(vw_deepdub_voice_changes_init(&changes), VW_OK);
    changes.name = "Teller";
    changes.gender = "FEMALE";
    CHECK_STATUS(vw_deepdub_update_voice(client, id, &changes, &voice), VW_OK);
    CHECK(strcmp(vw_json_str(voice, "/name"), "Teller") == 0 && strcmp(vw_json_str(voice, "/locale"), "de-DE") == 0);
    CHECK(strcmp(vw_json_str(voice, "/gender"), "FEMALE") == 0);
    CHECK_STATUS(vw_json_free(voice), VW_OK);
    CHECK_STATUS(vw_deepdub_delete_voice(client, id, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_delete_voice(client, id, NULL), VW_ERR_NOT_FOUND);
    CHECK_STATUS(vw_deepdub_get_voice(client, id, NULL, &none), VW_ERR_NOT_FOUND);
    CHECK_STATUS(vw_deepdub_update_voice(client, id, &changes, &none), VW_ERR_NOT_FOUND);
    request.audio_path = text;
    CHECK_STATUS(vw_deepdub_upload_voice(client, &request, &none), VW_ERR_REJECTED_INPUT);
    CHECK(none == NULL);
    CHECK_STATUS(vw_json_free(made), VW_OK);
}

static unsigned char *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 20);
    CHECK(file != NULL && bytes != NULL);
    *size = fread(bytes, 1, 1 << 20, file);
    CHECK(*size > 0 && *size < 1 << 20);
    fclose(file);
    return bytes;
}

static void check_male(vw_json *answer) {
    CHECK(strcmp(vw_json_str(answer, "/predicted_gender"), "male") == 0);
    CHECK(vw_json_number(answer, "/confidence", 0) > 0.9);
    CHECK(vw_json_number(answer, "/prediction/male", 0) == vw_json_number(answer, "/confidence", 1));
    CHECK(vw_json_number(answer, "/duration_seconds", 0) == 1.0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
}

static void gender(vw_deepdub_client *client, const char *sample, const char *text) {
    size_t size;
    unsigned char *bytes = read_all(sample, &size);
    vw_json *answer = NULL, *none = NULL;
    CHECK_STATUS(vw_deepdub_classify_gender(client, bytes, size, NULL, &answer), VW_OK);
    check_male(answer);
    CHECK_STATUS(vw_deepdub_classify_gender_upload(client, sample, NULL, &answer), VW_OK);
    check_male(answer);
    CHECK_STATUS(vw_deepdub_classify_gender_live(client, bytes, size, NULL, &answer), VW_OK);
    check_male(answer);
    free(bytes);
    bytes = read_all(text, &size);
    CHECK_STATUS(vw_deepdub_classify_gender(client, bytes, size, NULL, &none), VW_ERR_REJECTED_INPUT);
    CHECK_STATUS(vw_deepdub_classify_gender_upload(client, text, NULL, &none), VW_ERR_REJECTED_INPUT);
    CHECK_STATUS(vw_deepdub_classify_gender_live(client, bytes, size, NULL, &none), VW_ERR_BAD_AUDIO);
    CHECK_STATUS(vw_deepdub_classify_gender_at(client, "https://example.com/x", NULL, &none), VW_ERR_REJECTED_INPUT);
    CHECK(none == NULL);
    free(bytes);
}

static void usage(vw_deepdub_client *client) {
    vw_deepdub_usage_query query;
    vw_json *answer = NULL;
    CHECK_STATUS(vw_deepdub_usage_query_init(&query), VW_OK);
    query.from = "2025-01-01";
    query.to = "2025-12-31";
    query.region = "us-east-1";
    CHECK_STATUS(vw_deepdub_usage(client, &query, &answer), VW_OK);
    CHECK(strcmp(vw_json_str(answer, "/from"), "2025-01-01") == 0);
    CHECK(vw_json_type_of(answer, "/items") == VW_JSON_ARRAY && vw_json_str(answer, "/customerId") != NULL);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    query.model_id = MODEL;
    CHECK_STATUS(vw_deepdub_usage_by_model(client, &query, &answer), VW_OK);
    CHECK(strcmp(vw_json_str(answer, "/to"), "2025-12-31") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
}

static void capacity(vw_deepdub_client *client) {
    const char *models[] = {MODEL, "dd-etts-2.5"}, *wrong[] = {MODEL, "gpt"};
    vw_json *answer = NULL, *none = NULL;
    CHECK_STATUS(vw_deepdub_set_capacity(client, MODEL, 7, NULL, &answer), VW_OK);
    CHECK(vw_json_int(answer, "/desired_concurrent_connections", -1) == 7);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_deepdub_get_capacity(client, MODEL, NULL, &answer), VW_OK);
    CHECK(vw_json_int(answer, "/desired_concurrent_connections", -1) == 7);
    CHECK(vw_json_int(answer, "/concurrent_connections", -1) >= 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_deepdub_get_capacities(client, models, 2, NULL, &answer), VW_OK);
    CHECK(vw_json_size(answer, "") == 2 && strcmp(vw_json_str(answer, "/1/model_id"), "dd-etts-2.5") == 0);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    CHECK_STATUS(vw_deepdub_get_capacity(client, "gpt", NULL, &none), VW_ERR_NOT_FOUND);
    CHECK_STATUS(vw_deepdub_set_capacity(client, "gpt", 1, NULL, &none), VW_ERR_NOT_FOUND);
    CHECK_STATUS(vw_deepdub_set_capacity(client, MODEL, 2147483647, NULL, &none), VW_ERR_REJECTED_INPUT);
    CHECK_STATUS(vw_deepdub_get_capacities(client, wrong, 2, NULL, &none), VW_ERR_REJECTED_INPUT);
    CHECK(none == NULL);
}

static void issues(vw_deepdub_client *client) {
    vw_deepdub_issue_request request;
    vw_deepdub_issue *issue = NULL, *again = NULL;
    CHECK_STATUS(vw_deepdub_issue_request_init(&request), VW_OK);
    request.generation_id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    request.generated_text = "Hello.";
    request.problem_word = "Hello";
    request.voice_prompt_id = VOICE;
    CHECK_STATUS(vw_deepdub_create_issue(client, &request, &issue), VW_OK);
    printf("issue %s\n", issue->id);
    CHECK_STATUS(vw_deepdub_get_issue(client, issue->id, NULL, &again), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(again), VW_OK);
    CHECK_STATUS(vw_deepdub_update_issue(client, issue->id, &request, &again), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(again), VW_OK);
    CHECK_STATUS(vw_deepdub_delete_issue(client, issue->id, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(issue), VW_OK);
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    char sample[4096], text[4096];
    snprintf(sample, sizeof sample, "%s/voice.wav", environment("TEST_DIRECTORY"));
    snprintf(text, sizeof text, "%s/text.wav", environment("TEST_DIRECTORY"));
    config.retries = 0;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    speak(client, sample);
    stop(client, &config);
    fail(client);
    voices(client, sample, text);
    gender(client, sample, text);
    usage(client);
    capacity(client);
    issues(client);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    return 0;
}
