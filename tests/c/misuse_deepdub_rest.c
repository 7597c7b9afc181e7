/* Deepdub's REST calls: NULL, garbage and what cannot be right is a status. Nothing here may be sent. */
#include "check.h"

static const char NOWHERE[] = "/no/such/file.wav";
static const size_t BAD_SIZES[] = {0, 1, 7, 5000, (size_t)-1};
#define EACH(i, list) for (i = 0; i < sizeof(list) / sizeof(list)[0]; i++)

static int32_t never(const vw_deepdub_chunk *chunk, void *user_data) {
    (void)user_data;
    CHECK(chunk == NULL);
    return VW_CONTINUE;
}

static vw_deepdub_tts_request good_speech(void) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "Hello.";
    request.voice_prompt_id = "a voice";
    return request;
}

static void bad_clients(const void *client) {
    static const unsigned char byte[1] = {0};
    const char *model = "a model";
    vw_deepdub_tts_request speech = good_speech();
    vw_deepdub_voice_request voice;
    vw_deepdub_voice_changes changes;
    vw_deepdub_usage_query query;
    vw_json *out = NULL;
    CHECK_STATUS(vw_deepdub_voice_request_init(&voice), VW_OK);
    CHECK_STATUS(vw_deepdub_voice_changes_init(&changes), VW_OK);
    CHECK_STATUS(vw_deepdub_usage_query_init(&query), VW_OK);
    CHECK_REFUSED(vw_deepdub_post_tts(client, &speech, NULL, never, NULL, NULL), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_tts_retroactive(client, &speech, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_list_voices(client, 1, NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_get_voice(client, "x", NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_upload_voice(client, &voice, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_delete_voice(client, "x", NULL), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, byte, 1, NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, "x", NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_classify_gender_upload(client, "x", NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, byte, 1, NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_usage(client, &query, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_usage_by_model(client, &query, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_get_capacity(client, "x", NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_set_capacity(client, "x", 1, NULL, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, &model, 1, NULL, &out), "vw_deepdub_client");
    CHECK(out == NULL);
}

static void bad_places_and_cancels(vw_deepdub_client *client) {
    static const unsigned char byte[1] = {0};
    const vw_cancel *bad = (const vw_cancel *)client;
    const char *model = "a model";
    vw_deepdub_tts_request speech = good_speech();
    vw_deepdub_voice_request voice;
    vw_deepdub_voice_changes changes;
    vw_deepdub_usage_query query;
    vw_json *out = NULL;
    CHECK_REFUSED(vw_deepdub_post_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_voice_request_init(NULL), "request");
    CHECK_REFUSED(vw_deepdub_voice_changes_init(NULL), "changes");
    CHECK_REFUSED(vw_deepdub_usage_query_init(NULL), "query");
    CHECK_STATUS(vw_deepdub_voice_request_init(&voice), VW_OK);
    CHECK_STATUS(vw_deepdub_voice_changes_init(&changes), VW_OK);
    CHECK_STATUS(vw_deepdub_usage_query_init(&query), VW_OK);
    voice.audio_path = NOWHERE;
    query.from = query.to = "2026-05-01";
    CHECK_REFUSED(vw_deepdub_tts_retroactive(client, &speech, NULL), "out");
    CHECK_REFUSED(vw_deepdub_list_voices(client, 1, NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_get_voice(client, "x", NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_upload_voice(client, &voice, NULL), "out");
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, NULL), "out");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, byte, 1, NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, "x", NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_classify_gender_upload(client, "x", NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, byte, 1, NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_usage(client, &query, NULL), "out");
    CHECK_REFUSED(vw_deepdub_usage_by_model(client, &query, NULL), "out");
    CHECK_REFUSED(vw_deepdub_get_capacity(client, "x", NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_set_capacity(client, "x", 1, NULL, NULL), "out");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, &model, 1, NULL, NULL), "out");
    speech.cancel = voice.cancel = changes.cancel = query.cancel = bad;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &speech, NULL, never, NULL, NULL), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_tts_retroactive(client, &speech, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_list_voices(client, 1, bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_get_voice(client, "x", bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_upload_voice(client, &voice, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_delete_voice(client, "x", bad), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, byte, 1, bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, "x", bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_classify_gender_upload(client, "x", bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, byte, 1, bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_usage(client, &query, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_usage_by_model(client, &query, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_get_capacity(client, "x", bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_set_capacity(client, "x", 1, bad, &out), "vw_cancel");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, &model, 1, bad, &out), "vw_cancel");
    CHECK(out == NULL);
}

static void bad_speech(vw_deepdub_client *client) {
    static const unsigned char byte[1] = {0};
    vw_deepdub_tts_request request = good_speech();
    vw_deepdub_post_options options;
    vw_deepdub_tts_result result;
    vw_json *out = NULL;
    size_t i;
    CHECK_STATUS(vw_deepdub_post_options_init(&options), VW_OK);
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_REFUSED(vw_deepdub_post_tts(client, NULL, NULL, never, NULL, NULL), "vw_deepdub_tts_request");
    CHECK_REFUSED(vw_deepdub_tts_retroactive(client, NULL, &out), "vw_deepdub_tts_request");
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, NULL, NULL, NULL, NULL), "on_chunk");
    EACH(i, BAD_SIZES) {
        options.struct_size = BAD_SIZES[i];
        CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL),
                      "vw_deepdub_post_options.struct_size");
        result.struct_size = BAD_SIZES[i];
        CHECK_REFUSED(vw_deepdub_post_tts(client, &request, NULL, never, NULL, &result),
                      "vw_deepdub_tts_result.struct_size");
        request.struct_size = BAD_SIZES[i];
        CHECK_REFUSED(vw_deepdub_tts_retroactive(client, &request, &out), "vw_deepdub_tts_request.struct_size");
        request = good_speech();
    }
    CHECK_STATUS(vw_deepdub_post_options_init(&options), VW_OK);
    options.voice_reference_size = 1;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), "voiceReference");
    options.voice_reference = byte;
    options.voice_reference_path = NOWHERE;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), "voiceReference");
    options.voice_reference_path = NULL;
    options.voice_reference_size = 0;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), "voiceReference");
    options.voice_reference_size = (size_t)-1;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), "voiceReference");
    options.voice_reference = NULL;
    options.voice_reference_size = 0;
    options.voice_reference_path = NOWHERE;
    CHECK_STATUS(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), VW_ERR_FILE);
    options.voice_reference_path = NULL;
    options.publish = 2;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, &options, never, NULL, NULL), "publish");
    request.format = VW_FORMAT_WAV;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, NULL, never, NULL, NULL), "format");
    request.format = VW_FORMAT_S16LE;
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, NULL, never, NULL, NULL), "format");
    request = good_speech();
    request.text = "";
    CHECK_REFUSED(vw_deepdub_post_tts(client, &request, NULL, never, NULL, NULL), "targetText");
    CHECK_REFUSED(vw_deepdub_tts_retroactive(client, &request, &out), "targetText");
    CHECK(out == NULL);
}

static vw_deepdub_voice_request good_voice(void) {
    static const unsigned char byte[1] = {0};
    vw_deepdub_voice_request request;
    CHECK_STATUS(vw_deepdub_voice_request_init(&request), VW_OK);
    request.audio = byte;
    request.audio_size = 1;
    request.filename = "me.wav";
    return request;
}

#define BAD_VOICE(member, value, name)                                                                                 \
    do {                                                                                                               \
        request = good_voice();                                                                                        \
        request.member = value;                                                                                        \
        CHECK_REFUSED(vw_deepdub_upload_voice(client, &request, &out), name);                                          \
    } while (0)

static void bad_voices(vw_deepdub_client *client) {
    static const char *const ids[] = {NULL, "", " ", ".", "..", "\x80"};
    vw_deepdub_voice_request request;
    vw_deepdub_voice_changes changes;
    vw_json *out = NULL;
    size_t i;
    CHECK_STATUS(vw_deepdub_voice_changes_init(&changes), VW_OK);
    EACH(i, ids) {
        CHECK_REFUSED(vw_deepdub_get_voice(client, ids[i], NULL, &out), "id");
        CHECK_REFUSED(vw_deepdub_update_voice(client, ids[i], &changes, &out), "id");
        CHECK_REFUSED(vw_deepdub_delete_voice(client, ids[i], NULL), "id");
    }
    CHECK_REFUSED(vw_deepdub_list_voices(client, 0, NULL, &out), "limit");
    CHECK_REFUSED(vw_deepdub_list_voices(client, -2, NULL, &out), "limit");
    CHECK_REFUSED(vw_deepdub_upload_voice(client, NULL, &out), "vw_deepdub_voice_request");
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", NULL, &out), "vw_deepdub_voice_changes");
    EACH(i, BAD_SIZES) {
        BAD_VOICE(struct_size, BAD_SIZES[i], "vw_deepdub_voice_request.struct_size");
        changes.struct_size = BAD_SIZES[i];
        CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, &out), "vw_deepdub_voice_changes.struct_size");
    }
    BAD_VOICE(audio, NULL, "audio");
    BAD_VOICE(audio_size, 0, "audio");
    BAD_VOICE(audio_size, (size_t)-1, "audio");
    BAD_VOICE(audio_path, NOWHERE, "audio");
    BAD_VOICE(audio_path, "\x80", "audio");
    BAD_VOICE(filename, NULL, "filename");
    BAD_VOICE(filename, "", "filename");
    BAD_VOICE(filename, "\x80", "filename");
    BAD_VOICE(title, "\x80", "title");
    BAD_VOICE(text, "\x80", "text");
    BAD_VOICE(locale, "\x80", "locale");
    BAD_VOICE(gender, "\x80", "gender");
    BAD_VOICE(age, -2, "age");
    BAD_VOICE(speaking_style, "\x80", "speaking_style");
    BAD_VOICE(speaker_id, "\x80", "speaker_id");
    BAD_VOICE(publish, 2, "publish");
    request = good_voice();
    request.audio = NULL;
    request.audio_size = 0;
    CHECK_REFUSED(vw_deepdub_upload_voice(client, &request, &out), "audio");
    request.audio_path = NOWHERE;
    CHECK_STATUS(vw_deepdub_upload_voice(client, &request, &out), VW_ERR_FILE);
    CHECK_STATUS(vw_deepdub_voice_changes_init(&changes), VW_OK);
    changes.age = -2;
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, &out), "age");
    changes.age = VW_UNSET;
    changes.name = "\x80";
    CHECK_REFUSED(vw_deepdub_update_voice(client, "x", &changes, &out), "name");
    CHECK(out == NULL);
}

static void bad_audio(vw_deepdub_client *client) {
    static const unsigned char text[] = "This is a text, and no audio at all, however long it is listened to.";
    vw_json *out = NULL;
    CHECK_REFUSED(vw_deepdub_classify_gender(client, NULL, 0, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, NULL, 1, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, text, 0, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender(client, text, (size_t)-1, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, NULL, 0, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, NULL, 1, NULL, &out), "audio");
    CHECK_REFUSED(vw_deepdub_classify_gender_live(client, text, 0, NULL, &out), "audio");
    CHECK_STATUS(vw_deepdub_classify_gender_live(client, text, sizeof text, NULL, &out), VW_ERR_BAD_AUDIO);
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, NULL, NULL, &out), "url");
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, "", NULL, &out), "url");
    CHECK_REFUSED(vw_deepdub_classify_gender_at(client, "\x80", NULL, &out), "url");
    CHECK_REFUSED(vw_deepdub_classify_gender_upload(client, NULL, NULL, &out), "path");
    CHECK_REFUSED(vw_deepdub_classify_gender_upload(client, "\x80", NULL, &out), "path");
    CHECK_STATUS(vw_deepdub_classify_gender_upload(client, NOWHERE, NULL, &out), VW_ERR_FILE);
    CHECK_STATUS(vw_deepdub_classify_gender_upload(client, "", NULL, &out), VW_ERR_FILE);
    CHECK_STATUS(vw_deepdub_classify_gender_upload(client, environment("TEST_DIRECTORY"), NULL, &out), VW_ERR_FILE);
    CHECK(out == NULL);
}

#define BAD_QUERY(member, value, name)                                                                                 \
    do {                                                                                                               \
        CHECK_STATUS(vw_deepdub_usage_query_init(&query), VW_OK);                                                      \
        query.from = query.to = "2026-05-01";                                                                          \
        query.member = value;                                                                                          \
        CHECK_REFUSED(vw_deepdub_usage(client, &query, &out), name);                                                   \
        CHECK_REFUSED(vw_deepdub_usage_by_model(client, &query, &out), name);                                          \
    } while (0)

static void bad_queries(vw_deepdub_client *client) {
    static const char *const ids[] = {NULL, "", " ", ".", "..", "batch", "\x80"};
    static const char *const lists[] = {NULL, "", "a,b", "\x80"};
    vw_deepdub_usage_query query;
    vw_json *out = NULL;
    size_t i;
    CHECK_REFUSED(vw_deepdub_usage(client, NULL, &out), "vw_deepdub_usage_query");
    CHECK_REFUSED(vw_deepdub_usage_by_model(client, NULL, &out), "vw_deepdub_usage_query");
    EACH(i, BAD_SIZES) BAD_QUERY(struct_size, BAD_SIZES[i], "vw_deepdub_usage_query.struct_size");
    BAD_QUERY(from, NULL, "from");
    BAD_QUERY(from, "May", "from");
    BAD_QUERY(from, "2026-05-02", "to");
    BAD_QUERY(to, NULL, "to");
    BAD_QUERY(to, "2026-02-30", "to");
    BAD_QUERY(to, "2027-05-02", "to");
    BAD_QUERY(model_id, "\x80", "model_id");
    BAD_QUERY(region, "\x80", "region");
    EACH(i, ids) {
        CHECK_REFUSED(vw_deepdub_get_capacity(client, ids[i], NULL, &out), "model_id");
        CHECK_REFUSED(vw_deepdub_set_capacity(client, ids[i], 1, NULL, &out), "model_id");
    }
    EACH(i, lists) CHECK_REFUSED(vw_deepdub_get_capacities(client, &lists[i], 1, NULL, &out), "model_ids");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, NULL, 1, NULL, &out), "model_ids");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, lists, 0, NULL, &out), "model_ids");
    CHECK_REFUSED(vw_deepdub_get_capacities(client, lists, (size_t)-1, NULL, &out), "model_ids");
    CHECK_REFUSED(vw_deepdub_set_capacity(client, "x", -1, NULL, &out), "size");
    CHECK(out == NULL);
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_cancel *other = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_cancel_new(&other), VW_OK);
    bad_clients(NULL);
    bad_clients((void *)8);
    bad_clients((void *)-1);
    bad_clients(other);
    bad_places_and_cancels(client);
    bad_speech(client);
    bad_voices(client);
    bad_audio(client);
    bad_queries(client);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    bad_clients(client);
    CHECK_STATUS(vw_cancel_free(other), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
