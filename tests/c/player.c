/* The playback buffer, from C: what goes in comes out, from one thread and from many, by hand and from sessions. */
#include "check.h"

#include <poll.h>
#include <pthread.h>

#define FRAMES 256

/* Lets the others run: valgrind runs one thread at a time, and a loop without a pause keeps it to itself. */
static void give_way(void) {
    poll(NULL, 0, 1);
}

static vw_player *new_player(void) {
    vw_player_config config;
    vw_player *player = NULL;
    CHECK_STATUS(vw_player_config_init(&config), VW_OK);
    CHECK(config.sample_rate == 48000 && config.channels == 1 && config.cushion_ms == 100);
    config.cushion_ms = 20;
    CHECK_STATUS(vw_player_new(&config, &player), VW_OK);
    CHECK(player != NULL);
    return player;
}

static vw_track *new_track(vw_player *player, uint64_t id) {
    vw_track_options options;
    vw_track *track = NULL;
    CHECK_STATUS(vw_track_options_init(&options), VW_OK);
    options.id = id;
    CHECK_STATUS(vw_player_begin(player, &options, &track), VW_OK);
    return track;
}

static vw_player_state state_of(vw_player *player) {
    vw_player_state state;
    CHECK_STATUS(vw_player_state_init(&state), VW_OK);
    CHECK_STATUS(vw_player_get_state(player, &state), VW_OK);
    return state;
}

/* Whether there was an end. */
static int32_t next_end(vw_player *player, vw_track_end *end) {
    int32_t found = -7;
    CHECK_STATUS(vw_track_end_init(end), VW_OK);
    CHECK_STATUS(vw_player_next_end(player, end, &found), VW_OK);
    CHECK(found == 0 || found == 1);
    return found;
}

static int is_silent(const float *samples, size_t count) {
    size_t i;
    for (i = 0; i < count; i++)
        if (samples[i] != 0) return 0;
    return 1;
}

/* Reads until everything has ended; how many samples were not silent. */
static size_t read_to_the_end(vw_player *player) {
    float out[FRAMES];
    size_t heard = 0, i;
    for (;;) {
        vw_player_state state = state_of(player);
        CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
        for (i = 0; i < FRAMES; i++) heard += out[i] != 0;
        if (state.activity == VW_PLAYER_IDLE) return heard;
        if (state.activity == VW_PLAYER_FILLING) give_way();
    }
}

static void what_goes_in_comes_out(void) {
    vw_player *player = new_player();
    vw_track *track = new_track(player, 7);
    int16_t samples[1000];
    float out[1000];
    vw_track_end end;
    vw_player_state state;
    size_t i;
    for (i = 0; i < 1000; i++) samples[i] = (int16_t)(i + 1);
    CHECK_STATUS(vw_track_write(track, (const uint8_t *)samples, sizeof samples), VW_OK);
    CHECK(state_of(player).activity == VW_PLAYER_FILLING);
    CHECK_STATUS(vw_track_finish(track), VW_OK);
    CHECK_STATUS(vw_track_finish(track), VW_OK);
    CHECK_STATUS(vw_track_write(track, NULL, 0), VW_ERR_CLOSED);
    CHECK(next_end(player, &end) == 0);
    CHECK_STATUS(vw_player_read(player, out, 1000), VW_OK);
    for (i = 0; i < 1000; i++) CHECK(out[i] == (float)(i + 1) / 32768.0f);
    CHECK(next_end(player, &end) == 1 && end.id == 7 && end.status == VW_OK && end.error == NULL);
    CHECK(end.frames_played == 1000 && end.flushed == 0 && end.underruns == 0);
    CHECK(next_end(player, &end) == 0);
    state = state_of(player);
    CHECK(state.activity == VW_PLAYER_IDLE && state.has_track == 0 && state.played_frames == 1000);
    CHECK_STATUS(vw_track_free(track), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

static void flush_pause_gain_and_failures(void) {
    vw_player *player = new_player();
    vw_track *first = new_track(player, 1), *second = new_track(player, 2), *third;
    float in[4800], out[FRAMES];
    vw_track_end end;
    size_t i;
    for (i = 0; i < 4800; i++) in[i] = 0.5f;
    CHECK_STATUS(vw_track_write_samples(first, in, 4800), VW_OK);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(out[0] == 0.5f && out[FRAMES - 1] == 0.5f);
    CHECK_STATUS(vw_player_pause(player), VW_OK);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(out[FRAMES - 1] == 0);
    CHECK_STATUS(vw_player_resume(player), VW_OK);
    CHECK_STATUS(vw_player_set_gain(player, 0.5f), VW_OK);
    CHECK_STATUS(vw_player_set_cushion(player, 30), VW_OK);
    CHECK(state_of(player).cushion_ms == 30 && state_of(player).gain == 0.5f);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(out[FRAMES - 1] == 0.25f);
    CHECK_STATUS(vw_player_flush(player), VW_OK);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(is_silent(out, FRAMES));
    CHECK_STATUS(vw_track_write_samples(second, in, 10), VW_ERR_CANCELLED);
    CHECK(next_end(player, &end) == 1 && end.id == 1 && end.status == VW_ERR_CANCELLED && end.flushed == 1);
    CHECK(end.error != NULL && end.error->status == VW_ERR_CANCELLED && end.error->message[0] != '\0');
    CHECK(next_end(player, &end) == 1 && end.id == 2 && end.flushed == 1 && end.frames_played == 0);

    third = new_track(player, 3);
    CHECK_STATUS(vw_track_write_samples(third, in, 100), VW_OK);
    CHECK_STATUS(vw_track_fail(third, VW_ERR_NETWORK), VW_OK);
    CHECK_STATUS(vw_track_write_samples(third, in, 1), VW_ERR_NETWORK);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(!is_silent(out, 100) && is_silent(out + 100, FRAMES - 100));
    CHECK(next_end(player, &end) == 1 && end.id == 3 && end.status == VW_ERR_NETWORK && end.frames_played == 100);
    CHECK_STATUS(vw_track_free(third), VW_OK);

    /* Freed before it was finished: what was good is played. */
    third = new_track(player, 4);
    CHECK_STATUS(vw_track_write_samples(third, in, 100), VW_OK);
    CHECK_STATUS(vw_track_free(third), VW_OK);
    CHECK(read_to_the_end(player) == 100);
    CHECK(next_end(player, &end) == 1 && end.id == 4 && end.status == VW_ERR_CANCELLED && end.flushed == 0);

    third = new_track(player, 5);
    CHECK_STATUS(vw_track_write_samples(third, in, 4800), VW_OK);
    CHECK_STATUS(vw_track_cancel(third), VW_OK);
    CHECK(read_to_the_end(player) == 0);
    CHECK(next_end(player, &end) == 1 && end.id == 5 && end.flushed == 1);
    CHECK_STATUS(vw_track_free(third), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
    /* Tracks outlive their player. */
    CHECK_STATUS(vw_track_write_samples(first, in, 10), VW_ERR_CLOSED);
    CHECK_STATUS(vw_track_free(first), VW_OK);
    CHECK_STATUS(vw_track_free(second), VW_OK);
}

static vw_deepdub_tts_request request_of(vw_format format) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = "The quick brown fox jumps over the lazy dog.";
    request.voice_prompt_id = "vp_1";
    request.format = format;
    request.sample_rate = 48000;
    return request;
}

static void one_call_plays(vw_deepdub_client *client) {
    vw_player *player = new_player();
    vw_deepdub_tts_request request = request_of(VW_FORMAT_S16LE);
    vw_deepdub_tts_result result;
    vw_track *track = new_track(player, 9);
    vw_track_end end;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, vw_track_on_chunk, track, &result), VW_OK);
    CHECK(read_to_the_end(player) > 0);
    CHECK(next_end(player, &end) == 1 && end.id == 9 && end.status == VW_OK);
    CHECK(end.frames_played * 2 == result.bytes);
    CHECK_STATUS(vw_track_free(track), VW_OK);

    /* Flushed before it begins: the call is stopped by its first chunk. */
    track = new_track(player, 10);
    CHECK_STATUS(vw_player_flush(player), VW_OK);
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, vw_track_on_chunk, track, NULL), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_track_free(track), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

/* What lines have come to. */
struct told {
    int ends;
    int cancelled;
    uint64_t chunks;
};

static int32_t count_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    struct told *told = user_data;
    (void)chunk;
    __atomic_add_fetch(&told->chunks, 1, __ATOMIC_SEQ_CST);
    return VW_CONTINUE;
}

static void count_end(const vw_deepdub_line_end *end, void *user_data) {
    struct told *told = user_data;
    __atomic_add_fetch(&told->cancelled, end->status == VW_ERR_CANCELLED, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&told->ends, 1, __ATOMIC_SEQ_CST);
}

static void sessions_play(vw_deepdub_client *client, vw_delivery delivery) {
    vw_player *player = new_player();
    vw_deepdub_session *session = NULL;
    vw_deepdub_session_options session_options;
    vw_deepdub_tts_request request = request_of(VW_FORMAT_WAV);
    vw_deepdub_line_options options;
    struct told told = {0, 0, 0};
    vw_track_end end;
    uint64_t id;
    CHECK_STATUS(vw_deepdub_session_options_init(&session_options), VW_OK);
    session_options.delivery = delivery;
    CHECK_STATUS(vw_deepdub_session_open(client, &session_options, &session), VW_OK);
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    CHECK(options.player == NULL && options.track_id == 0);
    options.player = player;
    options.on_end = count_end;
    options.user_data = &told;
    for (id = 1; id <= 4; id++) {
        options.track_id = id;
        options.on_chunk = id == 2 ? count_chunk : NULL;
        CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, NULL), VW_OK);
    }
    /* The sound does not wait for polls. */
    CHECK(read_to_the_end(player) > 0);
    for (id = 1; id <= 4; id++) {
        CHECK(next_end(player, &end) == 1 && end.id == id && end.status == VW_OK && end.frames_played > 10000);
    }
    CHECK(next_end(player, &end) == 0);
    if (delivery == VW_DELIVERY_POLL) {
        CHECK(told.chunks == 0 && told.ends == 0);
        while (told.ends < 4) CHECK(vw_session_poll(session, VW_NO_TIMEOUT) == VW_OK);
    }
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK(told.ends == 4 && told.cancelled == 0 && told.chunks > 0);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

static void a_cancelled_line_is_silent(vw_deepdub_client *client) {
    vw_player *player = new_player();
    vw_deepdub_session *session = NULL;
    vw_deepdub_tts_request request = request_of(VW_FORMAT_MULAW);
    vw_deepdub_line_options options;
    vw_deepdub_line *line = NULL;
    struct told told = {0, 0, 0};
    float out[FRAMES];
    int32_t ended = 0;
    vw_track_end end;
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.player = player;
    options.on_end = count_end;
    options.user_data = &told;
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &line), VW_OK);
    while (!ended) {
        CHECK_STATUS(vw_deepdub_line_is_ended(line, &ended), VW_OK);
        give_way();
    }
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(!is_silent(out, FRAMES));
    /* It has ended, and can still be heard. */
    CHECK_STATUS(vw_deepdub_line_cancel(line), VW_OK);
    CHECK_STATUS(vw_player_read(player, out, FRAMES), VW_OK);
    CHECK(is_silent(out, FRAMES));
    CHECK(next_end(player, &end) == 1 && end.flushed == 1 && end.frames_played == FRAMES);
    CHECK_STATUS(vw_deepdub_line_free(line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK(told.ends == 1 && told.cancelled == 0);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

static void turns_play(vw_deepdub_client *client) {
    vw_player *player = new_player();
    vw_deepdub_text_session *session = NULL;
    vw_deepdub_text_config config;
    vw_deepdub_turn_options options;
    vw_deepdub_turn *turn = NULL;
    struct told told = {0, 0, 0};
    vw_track_end end;
    CHECK_STATUS(vw_deepdub_text_config_init(&config), VW_OK);
    config.voice_prompt_id = "vp_1";
    CHECK_STATUS(vw_deepdub_text_session_open(client, &config, NULL, &session), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_options_init(&options), VW_OK);
    options.player = player;
    options.track_id = 3;
    options.on_end = count_end;
    options.user_data = &told;
    CHECK_STATUS(vw_deepdub_text_session_begin_turn(session, &options, &turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_write(turn, "Once upon a time. There was a fox.", VW_NO_TIMEOUT), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_end(turn), VW_OK);
    CHECK(read_to_the_end(player) > 0);
    CHECK(next_end(player, &end) == 1 && end.id == 3 && end.status == VW_OK && end.frames_played > 10000);
    CHECK_STATUS(vw_deepdub_turn_free(turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
    CHECK(told.ends == 1 && told.cancelled == 0);
    CHECK_STATUS(vw_player_free(player), VW_OK);
}

struct race {
    vw_player *player;
    int stop;
    unsigned long good, refused;
};

static void *keep_reading(void *user_data) {
    struct race *race = user_data;
    /* When it has been freed every read is refused: each thread sees that. */
    while (race->refused == 0 || !__atomic_load_n(&race->stop, __ATOMIC_SEQ_CST)) {
        float out[FRAMES];
        vw_status status;
        memset(out, 0x7f, sizeof out);
        status = vw_player_read(race->player, out, FRAMES);
        CHECK(status == VW_OK || status == VW_ERR_INVALID_ARGUMENT);
        CHECK(status == VW_OK || is_silent(out, FRAMES));
        CHECK(out[0] <= 1 && out[FRAMES - 1] <= 1);
        *(status == VW_OK ? &race->good : &race->refused) += 1;
        if (status != VW_OK || race->good % 16 == 0) give_way();
    }
    return NULL;
}

/* Two read at once, others write and flush, and it is freed under all of them. */
static void freed_and_flushed_while_others_read(void) {
    int round;
    unsigned long refused = 0;
    for (round = 0; round < 10; round++) {
        struct race races[2];
        pthread_t readers[2];
        vw_player *player = new_player();
        float in[480];
        int i;
        for (i = 0; i < 480; i++) in[i] = 0.5f;
        for (i = 0; i < 2; i++) {
            memset(&races[i], 0, sizeof races[i]);
            races[i].player = player;
            CHECK(pthread_create(&readers[i], NULL, keep_reading, &races[i]) == 0);
        }
        for (i = 0; i < 50; i++) {
            vw_track *track = new_track(player, (uint64_t)i);
            CHECK_STATUS(vw_track_write_samples(track, in, 480), VW_OK);
            if (i % 3 == 0) CHECK_STATUS(vw_track_finish(track), VW_OK);
            if (i % 7 == 0) CHECK_STATUS(vw_player_flush(player), VW_OK);
            CHECK_STATUS(vw_track_free(track), VW_OK);
        }
        CHECK_STATUS(vw_player_free(player), VW_OK);
        CHECK_STATUS(vw_player_free(player), VW_ERR_INVALID_ARGUMENT);
        for (i = 0; i < 2; i++) __atomic_store_n(&races[i].stop, 1, __ATOMIC_SEQ_CST);
        for (i = 0; i < 2; i++) {
            CHECK(pthread_join(readers[i], NULL) == 0);
            refused += races[i].refused;
        }
        CHECK_STATUS(vw_player_read(player, in, 480), VW_ERR_INVALID_ARGUMENT);
        CHECK(is_silent(in, 480));
    }
    CHECK(refused >= 20);
}

static void channels_are_interleaved(void) {
    vw_player_config config;
    vw_player *player = NULL;
    vw_track *track;
    float in[8] = {1, -1, 0.5f, -0.5f, 0.25f, -0.25f, 0.125f, -0.125f}, out[12];
    CHECK_STATUS(vw_player_config_init(&config), VW_OK);
    config.channels = 2;
    CHECK_STATUS(vw_player_new(&config, &player), VW_OK);
    track = new_track(player, 0);
    CHECK_STATUS(vw_track_write_samples(track, in, 4), VW_OK);
    CHECK_STATUS(vw_track_finish(track), VW_OK);
    CHECK_STATUS(vw_player_read(player, out, 6), VW_OK);
    CHECK(memcmp(out, in, sizeof in) == 0 && is_silent(out + 8, 4));
    CHECK_STATUS(vw_track_free(track), VW_OK);
    CHECK_STATUS(vw_player_free(player), VW_OK);
    /* How much silence there has to be is known also when it has been freed. */
    out[11] = 1;
    CHECK_STATUS(vw_player_read(player, out, 6), VW_ERR_INVALID_ARGUMENT);
    CHECK(is_silent(out, 12));
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    what_goes_in_comes_out();
    channels_are_interleaved();
    flush_pause_gain_and_failures();
    one_call_plays(client);
    sessions_play(client, VW_DELIVERY_IO_THREAD);
    sessions_play(client, VW_DELIVERY_POLL);
    a_cancelled_line_is_silent(client);
    turns_play(client);
    freed_and_flushed_while_others_read();
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
