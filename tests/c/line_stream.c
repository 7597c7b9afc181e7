/* Lines whose chunks are asked for. */
#include "check.h"

#include <pthread.h>

#define MOST 4000000

typedef struct heard {
    uint8_t *data;
    size_t size;
    uint64_t chunks;
} heard;

static vw_deepdub_tts_request request(const char *voice) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "The quick brown fox jumps over the lazy dog, and then it sleeps.";
    request.voice_prompt_id = voice;
    request.format = VW_FORMAT_S16LE;
    request.sample_rate = 16000;
    request.seed = 7;
    return request;
}

static int32_t hear(const vw_deepdub_chunk *chunk, void *user_data) {
    heard *heard = user_data;
    CHECK(heard->size + chunk->size <= MOST && chunk->index == heard->chunks);
    if (chunk->size > 0) memcpy(heard->data + heard->size, chunk->data, chunk->size);
    heard->size += chunk->size;
    heard->chunks++;
    return VW_CONTINUE;
}

static void chunks_are_those_of_a_call_and_then_there_are_none(vw_deepdub_client *client, vw_deepdub_session *session) {
    vw_deepdub_tts_request spoken = request("v");
    heard called = {malloc(MOST), 0, 0}, asked = {malloc(MOST), 0, 0};
    vw_deepdub_line_stream *stream = NULL;
    const vw_deepdub_chunk *chunk = NULL;
    vw_deepdub_tts_result result;
    int finals = 0;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &spoken, hear, &called, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &stream), VW_OK);
    for (;;) {
        CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_OK);
        if (chunk == NULL) break;
        CHECK(chunk->struct_size == sizeof *chunk && strlen(chunk->generation_id) == 36);
        hear(chunk, &asked);
        finals += chunk->is_final;
    }
    CHECK(finals == 1 && called.size > 10000);
    CHECK(asked.size == called.size && memcmp(asked.data, called.data, called.size) == 0);
    chunk = (const vw_deepdub_chunk *)1;
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, 0, &chunk), VW_OK);
    CHECK(chunk == NULL);
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_get_result(stream, &result), VW_OK);
    CHECK(result.bytes == asked.size);
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
    free(called.data);
    free(asked.data);
}

static void a_failure_comes_after_what_is_good_and_every_time(vw_deepdub_session *session) {
    vw_deepdub_tts_request spoken = request("fault:drop,after=2");
    vw_deepdub_line_stream *stream = NULL;
    const vw_deepdub_chunk *chunk = NULL;
    int i;
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &stream), VW_OK);
    for (i = 0; i < 2; i++) {
        CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_OK);
        CHECK(chunk != NULL && chunk->index == (uint64_t)i && chunk->size > 0);
    }
    for (i = 0; i < 2; i++) {
        CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_ERR_NETWORK);
        CHECK(vw_last_error()->chunks_received == 2);
    }
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
}

static void a_chunk_that_is_late_can_be_asked_for_again(vw_deepdub_session *session) {
    vw_deepdub_tts_request spoken = request("fault:stall,after=1");
    vw_deepdub_line_stream *stream = NULL;
    const vw_deepdub_chunk *chunk = NULL;
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &stream), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_OK);
    CHECK(chunk != NULL);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, 0, &chunk), VW_ERR_TIMEOUT);
    CHECK(strcmp(vw_last_error()->field, "timeout_ms") == 0);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, 20, &chunk), VW_ERR_TIMEOUT);
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
}

static void *wait_for_the_next(void *stream) {
    const vw_deepdub_chunk *chunk = NULL;
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_ERR_CANCELLED);
    return NULL;
}

/* Whether by cancelling it or by freeing it; whoever comes too late finds no stream, or a cancelled one. */
static void who_waits_is_woken(vw_deepdub_session *session) {
    vw_deepdub_tts_request spoken = request("fault:stall,after=1");
    vw_deepdub_line_stream *stream = NULL;
    const vw_deepdub_chunk *chunk = NULL;
    pthread_t thread;
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &stream), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_OK);
    CHECK(pthread_create(&thread, NULL, wait_for_the_next, stream) == 0);
    CHECK_STATUS(vw_deepdub_line_stream_cancel(stream), VW_OK);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
}

/* On the I/O thread, which brings the chunk that would be waited for. */
static int32_t ask_inside(const vw_deepdub_chunk *chunk, void *stream) {
    const vw_deepdub_chunk *next = NULL;
    (void)chunk;
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &next), VW_ERR_TIMEOUT);
    return VW_STOP;
}

static void nobody_waits_inside_a_callback(vw_deepdub_session *session) {
    vw_deepdub_tts_request stalled = request("fault:stall,after=1"), spoken = request("v");
    vw_deepdub_line_stream *stream = NULL;
    vw_deepdub_line *line = NULL;
    vw_deepdub_line_options options;
    const vw_deepdub_chunk *chunk = NULL;
    vw_cancel *cancel = NULL;
    int32_t ended = 0;
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_deepdub_session_stream(session, &stalled, NULL, &stream), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), VW_OK);
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.on_chunk = ask_inside;
    options.user_data = stream;
    CHECK_STATUS(vw_deepdub_session_speak(session, &spoken, &options, &line), VW_OK);
    while (!ended) CHECK_STATUS(vw_deepdub_line_is_ended(line, &ended), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
}

static void a_token_and_a_freed_session_end_it(vw_deepdub_client *client) {
    vw_deepdub_tts_request spoken = request("fault:stall,after=1");
    vw_deepdub_session *session = NULL;
    vw_deepdub_line_stream *first = NULL, *second = NULL;
    const vw_deepdub_chunk *chunk = NULL;
    vw_cancel *cancel = NULL;
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    spoken.cancel = cancel;
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &first), VW_OK);
    spoken.cancel = NULL;
    CHECK_STATUS(vw_deepdub_session_stream(session, &spoken, NULL, &second), VW_OK);
    CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_next(first, VW_NO_TIMEOUT, &chunk), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_line_stream_next(second, VW_NO_TIMEOUT, &chunk), VW_OK);
    CHECK(chunk != NULL && chunk->data[0] + 1 > 0);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK(chunk->data[chunk->size - 1] + 1 > 0); /* still its own */
    CHECK_STATUS(vw_deepdub_line_stream_next(second, VW_NO_TIMEOUT, &chunk), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_line_stream_free(first), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_free(second), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    chunks_are_those_of_a_call_and_then_there_are_none(client, session);
    a_failure_comes_after_what_is_good_and_every_time(session);
    a_chunk_that_is_late_can_be_asked_for_again(session);
    who_waits_is_woken(session);
    nobody_waits_inside_a_callback(session);
    a_token_and_a_freed_session_end_it(client);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
