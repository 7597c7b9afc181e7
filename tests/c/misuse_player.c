/* NULL, garbage, freed and foreign handles to every function of players and tracks: each is a status, none is a crash. */
#include "check.h"

static int is_silent(const float *samples, size_t count) {
    size_t i;
    for (i = 0; i < count; i++)
        if (samples[i] != 0) return 0;
    return 1;
}

static void null_out_parameters(vw_player *player) {
    vw_track_end end;
    vw_player_state state;
    int32_t found = -7;
    CHECK_REFUSED(vw_player_config_init(NULL), "config");
    CHECK_REFUSED(vw_player_state_init(NULL), "state");
    CHECK_REFUSED(vw_track_end_init(NULL), "end");
    CHECK_REFUSED(vw_track_options_init(NULL), "options");
    CHECK_REFUSED(vw_player_new(NULL, NULL), "out");
    CHECK_REFUSED(vw_player_begin(player, NULL, NULL), "out");
    CHECK_REFUSED(vw_player_get_state(player, NULL), "state");
    CHECK_STATUS(vw_track_end_init(&end), VW_OK);
    CHECK_REFUSED(vw_player_next_end(player, NULL, &found), "end");
    CHECK_REFUSED(vw_player_next_end(player, &end, NULL), "out");
    end.struct_size = 3;
    CHECK_REFUSED(vw_player_next_end(player, &end, &found), "vw_track_end.struct_size");
    CHECK_STATUS(vw_player_state_init(&state), VW_OK);
    state.struct_size = 3;
    CHECK_REFUSED(vw_player_get_state(player, &state), "vw_player_state.struct_size");
    CHECK(found == -7);
}

static void bad_player(vw_player *player) {
    vw_track *track = NULL;
    vw_track_end end;
    vw_player_state state;
    int32_t found = -7;
    float out[64];
    CHECK_STATUS(vw_track_end_init(&end), VW_OK);
    CHECK_STATUS(vw_player_state_init(&state), VW_OK);
    memset(out, 0x7f, sizeof out);
    CHECK_STATUS(vw_player_read(player, out, 64), VW_ERR_INVALID_ARGUMENT);
    CHECK(is_silent(out, 64));
    CHECK_STATUS(vw_player_read(player, NULL, 64), VW_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(vw_player_read(player, out, SIZE_MAX), VW_ERR_INVALID_ARGUMENT);
    CHECK_REFUSED(vw_player_begin(player, NULL, &track), "vw_player");
    CHECK_REFUSED(vw_player_pause(player), "vw_player");
    CHECK_REFUSED(vw_player_resume(player), "vw_player");
    CHECK_REFUSED(vw_player_flush(player), "vw_player");
    CHECK_REFUSED(vw_player_set_gain(player, 1), "vw_player");
    CHECK_REFUSED(vw_player_set_cushion(player, 1), "vw_player");
    CHECK_REFUSED(vw_player_get_state(player, &state), "vw_player");
    CHECK_REFUSED(vw_player_next_end(player, &end, &found), "vw_player");
    CHECK(track == NULL && found == -7);
    if (player != NULL) CHECK_REFUSED(vw_player_free(player), "vw_player");
}

static void bad_track(vw_track *track) {
    const float samples[2] = {0, 0};
    CHECK_REFUSED(vw_track_write(track, (const uint8_t *)"ab", 2), "vw_track");
    CHECK_REFUSED(vw_track_write_samples(track, samples, 2), "vw_track");
    CHECK_REFUSED(vw_track_finish(track), "vw_track");
    CHECK_REFUSED(vw_track_fail(track, VW_ERR_NETWORK), "vw_track");
    CHECK_REFUSED(vw_track_cancel(track), "vw_track");
    CHECK(vw_track_on_chunk(NULL, track) == VW_STOP);
    if (track != NULL) CHECK_REFUSED(vw_track_free(track), "vw_track");
}

static void bad_numbers(vw_player *player) {
    vw_player_config config;
    vw_track_options options;
    vw_player *out = NULL;
    vw_track *track = NULL;
    CHECK_STATUS(vw_player_config_init(&config), VW_OK);
#define REFUSED_WITH(field, value, name)                                                                               \
    do {                                                                                                               \
        vw_player_config bad = config;                                                                                 \
        bad.field = value;                                                                                             \
        CHECK_REFUSED(vw_player_new(&bad, &out), name);                                                                \
    } while (0)
    REFUSED_WITH(struct_size, 0, "vw_player_config.struct_size");
    REFUSED_WITH(sample_rate, -1, "sample_rate");
    REFUSED_WITH(sample_rate, 3999, "sample_rate");
    REFUSED_WITH(channels, 0, "channels");
    REFUSED_WITH(channels, INT32_MAX, "channels");
    REFUSED_WITH(cushion_ms, UINT32_MAX, "cushion");
    REFUSED_WITH(max_cushion_ms, 60001, "max_cushion");
    REFUSED_WITH(max_buffered_ms, 0, "max_buffered");
    REFUSED_WITH(gain, -1.0f, "gain");
    REFUSED_WITH(gain, (float)NAN, "gain");
    CHECK(out == NULL);
    CHECK_STATUS(vw_track_options_init(&options), VW_OK);
    options.format = 99;
    CHECK_REFUSED(vw_player_begin(player, &options, &track), "format");
    CHECK_STATUS(vw_track_options_init(&options), VW_OK);
    options.sample_rate = -5;
    CHECK_REFUSED(vw_player_begin(player, &options, &track), "sample_rate");
    options.struct_size = 1;
    CHECK_REFUSED(vw_player_begin(player, &options, &track), "vw_track_options.struct_size");
    CHECK(track == NULL);
    CHECK_REFUSED(vw_player_set_gain(player, 9), "gain");
    CHECK_REFUSED(vw_player_set_cushion(player, 60001), "cushion");
}

static void bad_data(vw_player *player) {
    vw_track *track = NULL;
    float *const samples = (float *)(uintptr_t)16;
    float out[4] = {1, 1, 1, 1};
    CHECK_STATUS(vw_player_begin(player, NULL, &track), VW_OK);
    CHECK_REFUSED(vw_track_write(track, NULL, 1), "data");
    CHECK_REFUSED(vw_track_write_samples(track, NULL, 1), "samples");
    CHECK_REFUSED(vw_track_write_samples(track, samples, SIZE_MAX), "frames");
    CHECK_REFUSED(vw_track_fail(track, -1), "status");
    CHECK_REFUSED(vw_track_fail(track, 1000), "status");
    CHECK(vw_track_on_chunk(NULL, track) == VW_STOP);
    CHECK_STATUS(vw_track_write(track, NULL, 0), VW_OK);
    CHECK_STATUS(vw_track_write_samples(track, NULL, 0), VW_OK);
    CHECK_STATUS(vw_player_read(player, NULL, 1), VW_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(vw_player_read(player, out, SIZE_MAX), VW_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(vw_player_read(player, out, SIZE_MAX / sizeof(float)), VW_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(vw_player_read(player, out, 0), VW_OK);
    CHECK(out[0] == 1);
    CHECK_STATUS(vw_track_free(track), VW_OK);
}

static int32_t never(const vw_deepdub_chunk *chunk, void *user_data) {
    (void)chunk;
    (void)user_data;
    CHECK(!"a refused call does not call back");
    return VW_STOP;
}

/* A line, a turn on what is no player. */
static void bad_players_for_lines(vw_player *freed) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL;
    vw_deepdub_text_session *text_session = NULL;
    vw_deepdub_text_config text_config;
    vw_deepdub_tts_request request;
    vw_deepdub_line_options line;
    vw_deepdub_turn_options turn_options;
    vw_deepdub_turn *turn = NULL;
    config.websocket_url = "ws://127.0.0.1:1";
    config.streaming_url = "ws://127.0.0.1:1";
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "Hello.";
    request.voice_prompt_id = "vp_1";
    CHECK_STATUS(vw_deepdub_line_options_init(&line), VW_OK);
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line, NULL), "on_chunk");
    line.player = freed;
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line, NULL), "vw_player");
    line.on_chunk = never;
    line.player = (const vw_player *)client;
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &line, NULL), "vw_player");
    CHECK_STATUS(vw_deepdub_text_config_init(&text_config), VW_OK);
    text_config.voice_prompt_id = "vp_1";
    CHECK_STATUS(vw_deepdub_text_session_open(client, &text_config, NULL, &text_session), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_options_init(&turn_options), VW_OK);
    CHECK_REFUSED(vw_deepdub_text_session_begin_turn(text_session, &turn_options, &turn), "on_chunk");
    turn_options.player = freed;
    CHECK_REFUSED(vw_deepdub_text_session_begin_turn(text_session, &turn_options, &turn), "vw_player");
    CHECK(turn == NULL);
    CHECK_STATUS(vw_deepdub_text_session_free(text_session), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

int main(void) {
    vw_player *player = NULL, *freed = NULL;
    vw_track *track = NULL, *freed_track = NULL;
    vw_cancel *cancel = NULL;
    uintptr_t bit;
    CHECK_STATUS(vw_player_new(NULL, &player), VW_OK);
    CHECK_STATUS(vw_player_new(NULL, &freed), VW_OK);
    CHECK_STATUS(vw_player_begin(player, NULL, &track), VW_OK);
    CHECK_STATUS(vw_player_begin(freed, NULL, &freed_track), VW_OK);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_track_free(freed_track), VW_OK);
    CHECK_STATUS(vw_player_free(freed), VW_OK);
    CHECK_STATUS(vw_player_free(NULL), VW_OK);
    CHECK_STATUS(vw_track_free(NULL), VW_OK);

    null_out_parameters(player);
    bad_player(NULL);
    bad_player(freed);
    bad_player((vw_player *)cancel);
    bad_player((vw_player *)track);
    bad_player((vw_player *)&bit);
    /* One bit of a live handle is wrong. */
    for (bit = 0; bit < 8 * sizeof bit; bit++) bad_player((vw_player *)((uintptr_t)player ^ ((uintptr_t)1 << bit)));
    bad_track(NULL);
    bad_track(freed_track);
    bad_track((vw_track *)cancel);
    bad_track((vw_track *)player);
    bad_track((vw_track *)&bit);
    bad_numbers(player);
    bad_data(player);
    bad_players_for_lines(freed);

    CHECK_STATUS(vw_track_free(track), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
