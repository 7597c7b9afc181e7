/* Lines whose chunks are asked for: NULL, garbage and what cannot be right is a status. */
#include "check.h"

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    (void)chunk;
    (void)user_data;
    return VW_STOP;
}

static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    (void)end;
    (void)user_data;
}

static vw_deepdub_tts_request good_request(void) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "x";
    request.voice_prompt_id = "v";
    return request;
}

static vw_deepdub_line_options good_options(void) {
    vw_deepdub_line_options options;
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    return options;
}

static void bad_beginnings(vw_deepdub_session *session, vw_deepdub_client *client, vw_player *player) {
    const void *bad[] = {NULL, (void *)8, (void *)-1, client};
    vw_deepdub_tts_request request = good_request();
    vw_deepdub_line_options options = good_options();
    vw_deepdub_line_stream *out = NULL;
    size_t i;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_REFUSED(vw_deepdub_session_stream(bad[i], &request, &options, &out), "vw_deepdub_session");
    CHECK_REFUSED(vw_deepdub_session_stream(session, NULL, &options, &out), "vw_deepdub_tts_request");
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, NULL), "out");
    options.on_chunk = on_chunk;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, &out), "on_chunk");
    options = good_options();
    options.on_end = on_end;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, &out), "on_end");
    options = good_options();
    options.player = player;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, &out), "player");
    options = good_options();
    options.struct_size = 3;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, &out), "vw_deepdub_line_options.struct_size");
    options = good_options();
    options.max_buffered_bytes = 0;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, &options, &out), "max_buffered_bytes");
    request.text = "";
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, NULL, &out), "targetText");
    request = good_request();
    request.cancel = (const vw_cancel *)client;
    CHECK_REFUSED(vw_deepdub_session_stream(session, &request, NULL, &out), "vw_cancel");
    CHECK(out == NULL);
}

static void bad_streams(void *stream) {
    const vw_deepdub_chunk *chunk = (const vw_deepdub_chunk *)1;
    vw_deepdub_tts_result result;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_REFUSED(vw_deepdub_line_stream_next(stream, VW_NO_TIMEOUT, &chunk), "vw_deepdub_line_stream");
    CHECK(chunk == (const vw_deepdub_chunk *)1);
    CHECK_REFUSED(vw_deepdub_line_stream_cancel(stream), "vw_deepdub_line_stream");
    CHECK_REFUSED(vw_deepdub_line_stream_get_result(stream, &result), "vw_deepdub_line_stream");
    if (stream != NULL) CHECK_REFUSED(vw_deepdub_line_stream_free(stream), "vw_deepdub_line_stream");
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL;
    vw_deepdub_line_stream *stream = NULL;
    vw_deepdub_tts_request request = good_request();
    vw_player *player = NULL;
    /* Nothing may be sent in this program: nobody is there. */
    config.websocket_url = "ws://127.0.0.1:9/open";
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_STATUS(vw_player_new(NULL, &player), VW_OK);
    bad_beginnings(session, client, player);
    bad_streams(NULL);
    bad_streams((void *)8);
    bad_streams((void *)-1);
    bad_streams(session);
    CHECK_STATUS(vw_deepdub_session_stream(session, &request, NULL, &stream), VW_OK);
    CHECK_REFUSED(vw_deepdub_line_stream_next(stream, 0, NULL), "out");
    CHECK_REFUSED(vw_deepdub_line_stream_get_result(stream, NULL), "result");
    CHECK_STATUS(vw_deepdub_line_stream_free(stream), VW_OK);
    CHECK_STATUS(vw_deepdub_line_stream_free(NULL), VW_OK);
    bad_streams(stream);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
