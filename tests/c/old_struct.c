/* Programs that were built with another version of the header: their structs are shorter, or longer, than the library's. */
#include "check.h"

#include <stddef.h>

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

/* The first vw_deepdub_config, as a compiler saw it then. */
typedef struct old_config {
    size_t struct_size;
    const char *api_key, *rest_url, *websocket_url;
    int32_t region;
    uint32_t connect_timeout_ms, first_chunk_timeout_ms, between_chunks_timeout_ms, total_timeout_ms, rest_timeout_ms;
    int32_t allow_plaintext, key_in_query;
    const char *ca_pem;
    size_t max_message_bytes;
    const char *proxy;
    int32_t retries;
    uint32_t retry_first_delay_ms, retry_max_delay_ms;
} old_config;

/* The first vw_deepdub_tts_result. */
typedef struct old_result {
    size_t struct_size;
    char generation_id[40];
    uint64_t chunks, bytes, duplicates;
    double connect_ms, first_chunk_ms, total_ms;
} old_result;

static int32_t count(const vw_deepdub_chunk *chunk, void *chunks) {
    (void)chunk;
    ++*(uint64_t *)chunks;
    return VW_CONTINUE;
}

static int32_t drop(const vw_deepdub_chunk *chunk, void *nothing) {
    (void)chunk;
    (void)nothing;
    return VW_CONTINUE;
}

static vw_deepdub_tts_request request(void) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "Hello.";
    request.voice_prompt_id = VOICE;
    return request;
}

/* On the heap, where valgrind sees the first byte that is read beyond it. */
static old_config *old_config_on_the_heap(void) {
    old_config *config = malloc(sizeof *config);
    CHECK(config != NULL);
    memset(config, 0, sizeof *config);
    config->struct_size = sizeof *config;
    config->api_key = environment("TEST_KEY");
    config->rest_url = environment("TEST_REST_URL");
    config->websocket_url = environment("TEST_WEBSOCKET_URL");
    config->region = VW_UNSET;
    config->connect_timeout_ms = config->first_chunk_timeout_ms = config->between_chunks_timeout_ms = 20000;
    config->total_timeout_ms = config->rest_timeout_ms = VW_NO_TIMEOUT;
    config->max_message_bytes = 1 << 20;
    config->retries = 0;
    config->retry_first_delay_ms = config->retry_max_delay_ms = 1;
    return config;
}

static void the_first_config_makes_a_client_that_speaks(void) {
    /* Where the members of then are is where they are now. */
    CHECK(offsetof(old_config, key_in_query) == offsetof(vw_deepdub_config, key_in_query));
    CHECK(offsetof(old_config, max_message_bytes) == offsetof(vw_deepdub_config, max_message_bytes));
    CHECK(offsetof(old_config, retry_max_delay_ms) == offsetof(vw_deepdub_config, retry_max_delay_ms));
    CHECK(sizeof(old_config) < sizeof(vw_deepdub_config));

    old_config *config = old_config_on_the_heap();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new((const vw_deepdub_config *)config, &client), VW_OK);
    free(config);

    vw_deepdub_tts_request line = request();
    uint64_t chunks = 0;
    old_result *result = malloc(sizeof *result);
    CHECK(result != NULL);
    memset(result, 0, sizeof *result);
    result->struct_size = sizeof *result;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &line, count, &chunks, (vw_deepdub_tts_result *)result), VW_OK);
    CHECK(result->struct_size == sizeof *result);
    CHECK(chunks > 0 && result->chunks == chunks && result->bytes > 0 && result->total_ms > 0);
    CHECK(strlen(result->generation_id) == 36);
    free(result);

    /* What it did not know is as a program of now would have it without a word: generations are remembered. */
    vw_deepdub_issue *issue = NULL;
    vw_deepdub_report_options options;
    CHECK_STATUS(vw_deepdub_report_options_init(&options), VW_OK);
    options.problem_word = "Hello";
    CHECK_STATUS(vw_deepdub_report(client, NULL, &options, &issue), VW_OK);
    CHECK_STATUS(vw_deepdub_issue_free(issue), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

/* For a struct of this version: a longer one, with new members that are unset, or set, or cut short. */
#define LONGER(type)                                                                                                   \
    struct {                                                                                                           \
        type known;                                                                                                    \
        uint64_t news[2];                                                                                              \
    }

/* call uses longer.known; it must be taken while the news are unset, and refused when one is set, and when the struct is
   shorter than it ever was. */
#define EVERY_SIZE(type, prepare, call, undo)                                                                          \
    do {                                                                                                               \
        LONGER(type) longer;                                                                                           \
        memset(&longer, 0, sizeof longer);                                                                             \
        CHECK_STATUS(type##_init(&longer.known), VW_OK);                                                               \
        CHECK(longer.known.struct_size == sizeof(type));                                                               \
        prepare;                                                                                                       \
        CHECK_STATUS(call, VW_OK);                                                                                     \
        undo;                                                                                                          \
        longer.known.struct_size = sizeof longer;                                                                      \
        CHECK_STATUS(call, VW_OK);                                                                                     \
        undo;                                                                                                          \
        longer.news[1] = 1;                                                                                            \
        CHECK_REFUSED(call, #type);                                                                                    \
        longer.news[1] = 0;                                                                                            \
        longer.known.struct_size = sizeof(size_t);                                                                     \
        CHECK_REFUSED(call, #type ".struct_size");                                                                     \
        longer.known.struct_size = 4097;                                                                               \
        CHECK_REFUSED(call, #type ".struct_size");                                                                     \
    } while (0)

static vw_status open_texts(vw_deepdub_client *client, const vw_deepdub_text_config *config,
                            const vw_deepdub_text_session_options *options, vw_deepdub_text_session **out) {
    vw_deepdub_text_config plain;
    CHECK_STATUS(vw_deepdub_text_config_init(&plain), VW_OK);
    plain.voice_prompt_id = VOICE;
    return vw_deepdub_text_session_open(client, config == NULL ? &plain : config, options, out);
}

static void inputs_of_other_sizes(vw_deepdub_client *client) {
    uint64_t chunks = 0;
    vw_deepdub_client *made = NULL;
    EVERY_SIZE(vw_deepdub_config, longer.known.api_key = environment("TEST_KEY"),
               vw_deepdub_client_new(&longer.known, &made), vw_deepdub_client_free(made));
    EVERY_SIZE(vw_deepdub_tts_request, (longer.known.text = "Hello.", longer.known.voice_prompt_id = VOICE),
               vw_deepdub_stream_tts(client, &longer.known, count, &chunks, NULL), (void)0);

    vw_decoder *decoder = NULL;
    EVERY_SIZE(vw_decoder_config, longer.known.format = VW_FORMAT_MP3, vw_decoder_new(&longer.known, &decoder),
               vw_decoder_free(decoder));

    vw_player *player = NULL;
    EVERY_SIZE(vw_player_config, (void)0, vw_player_new(&longer.known, &player), vw_player_free(player));
    CHECK_STATUS(vw_player_new(NULL, &player), VW_OK);
    vw_track *track = NULL;
    EVERY_SIZE(vw_track_options, longer.known.format = VW_FORMAT_MP3,
               vw_player_begin(player, &longer.known, &track), vw_track_free(track));
    CHECK_STATUS(vw_player_free(player), VW_OK);

    vw_deepdub_session *session = NULL;
    EVERY_SIZE(vw_deepdub_session_options, (void)0, vw_deepdub_session_open(client, &longer.known, &session),
               vw_deepdub_session_free(session));
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    vw_deepdub_tts_request line = request();
    vw_deepdub_line *spoken = NULL;
    EVERY_SIZE(vw_deepdub_line_options, longer.known.on_chunk = drop, vw_deepdub_session_speak(session, &line, &longer.known, &spoken),
               vw_deepdub_line_free(spoken));
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);

    vw_deepdub_text_session *texts = NULL;
    EVERY_SIZE(vw_deepdub_text_session_options, (void)0, open_texts(client, NULL, &longer.known, &texts),
               vw_deepdub_text_session_free(texts));
    EVERY_SIZE(vw_deepdub_text_config, longer.known.voice_prompt_id = VOICE,
               open_texts(client, &longer.known, NULL, &texts), vw_deepdub_text_session_free(texts));

    vw_deepdub_issue *issue = NULL;
    EVERY_SIZE(vw_deepdub_report_options, longer.known.problem_word = "Hello",
               vw_deepdub_report(client, NULL, &longer.known, &issue), vw_deepdub_issue_free(issue));
}

/* A program of a newer version: what this library does not know of stays as the program had it. */
static void results_of_other_sizes(vw_deepdub_client *client) {
    uint64_t chunks = 0;
    vw_deepdub_tts_request line = request();
    LONGER(vw_deepdub_tts_result) result;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result.known), VW_OK);
    result.news[0] = result.news[1] = 77;
    result.known.struct_size = sizeof result;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &line, count, &chunks, &result.known), VW_OK);
    CHECK(result.known.struct_size == sizeof result);
    CHECK(result.known.chunks == chunks && result.news[0] == 77 && result.news[1] == 77);

    vw_player *player = NULL;
    CHECK_STATUS(vw_player_new(NULL, &player), VW_OK);
    LONGER(vw_player_state) state;
    CHECK_STATUS(vw_player_state_init(&state.known), VW_OK);
    state.news[0] = state.news[1] = 77;
    state.known.struct_size = sizeof state;
    CHECK_STATUS(vw_player_get_state(player, &state.known), VW_OK);
    CHECK(state.known.struct_size == sizeof state && state.news[0] == 77 && state.news[1] == 77);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

int main(void) {
    the_first_config_makes_a_client_that_speaks();
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    inputs_of_other_sizes(client);
    results_of_other_sizes(client);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
