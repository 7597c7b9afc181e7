/* Three characters of a game at once, over one connection that is open before anybody speaks.
 *
 *     build/session
 *
 * Each goes into a file of its own; the bard is interrupted. All callbacks come inside vw_session_poll, on this thread,
 * as in an engine that polls once a frame. With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does. */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>

#define SAMPLE_RATE 48000
/* Deepdub's "Storyteller", a voice that everyone may try. */
#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define CAST 3

typedef struct character {
    const char *path, *text;
    vw_audio_file *file;
    vw_deepdub_line *line;
    double patience; /* How many seconds of it the others listen to. */
    int ended;
} character;

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

/* In a game this would hand the samples to the mixer. */
static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    character *character = user_data;
    double seconds = 0;
    if (vw_audio_file_write(character->file, chunk->data, chunk->size) != VW_OK) return VW_STOP;
    vw_audio_file_seconds(character->file, &seconds);
    /* Interrupted: not a chunk more from here on; the end still comes. From outside vw_deepdub_line_cancel does it. */
    return seconds > character->patience ? VW_STOP : VW_CONTINUE;
}

/* Comes exactly once for each line, however it ends. */
static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    character *character = user_data;
    character->ended = 1;
    printf("%s: %s, %.2f s of audio, first after %.0f ms\n", character->path, vw_status_name(end->status),
           (double)end->result->bytes / 2 / SAMPLE_RATE, end->result->first_chunk_ms);
    if (end->error != NULL && end->status != VW_ERR_CANCELLED) fprintf(stderr, "%s\n", end->error->description);
}

static int begin(vw_deepdub_session *session, character *character) {
    vw_deepdub_tts_request request;
    vw_deepdub_line_options options;
    vw_deepdub_tts_request_init(&request);
    request.text = character->text;
    request.voice_prompt_id = VOICE;
    request.format = VW_FORMAT_S16LE;
    request.sample_rate = SAMPLE_RATE;
    vw_deepdub_line_options_init(&options);
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = character;
    if (vw_audio_file_create(character->path, request.format, SAMPLE_RATE, &character->file) != VW_OK) return 0;
    return vw_deepdub_session_speak(session, &request, &options, &character->line) == VW_OK;
}

static int perform(vw_deepdub_session *session, character *cast) {
    int i, on_stage = CAST;
    for (i = 0; i < CAST; i++) {
        if (!begin(session, &cast[i])) return fail(cast[i].path);
    }
    while (on_stage > 0) {
        /* An engine does not wait: vw_session_poll(session, 0), once a frame. */
        if (vw_session_poll(session, 1000) != VW_OK) return fail("session");
        for (on_stage = CAST, i = 0; i < CAST; i++) on_stage -= cast[i].ended;
    }
    /* What came before the interruption is good. */
    for (i = 0; i < CAST; i++) {
        if (vw_audio_file_finish(cast[i].file) != VW_OK) return fail(cast[i].path);
    }
    return EXIT_SUCCESS;
}

static int run(const vw_deepdub_config *config) {
    character cast[CAST] = {
        {"guard.wav", "Halt! Nobody enters the castle after dark.", NULL, NULL, 60, 0},
        {"merchant.wav", "Fresh apples, straight from the valley!", NULL, NULL, 60, 0},
        {"bard.wav", "Now hear the ballad of the seven kings, which has, I am proud to say, no fewer than ninety verses, "
                     "and of which I shall leave out not a single one.", NULL, NULL, 0.5, 0},
    };
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL;
    vw_deepdub_session_options options;
    int i, exit_code = EXIT_SUCCESS;

    if (vw_deepdub_client_new(config, &client) != VW_OK) return fail("session");
    vw_deepdub_session_options_init(&options);
    options.delivery = VW_DELIVERY_POLL;
    /* While the level loads: the first line then has no connection to wait for. */
    if (vw_deepdub_session_open(client, &options, &session) != VW_OK) exit_code = fail("session");
    else if (vw_session_wait_ready(session, 10000) != VW_OK) exit_code = fail("session");
    else exit_code = perform(session, cast);

    /* Nothing is called back once the session is freed: the cast may go. */
    vw_deepdub_session_free(session);
    for (i = 0; i < CAST; i++) {
        vw_deepdub_line_free(cast[i].line);
        vw_audio_file_free(cast[i].file);
    }
    vw_deepdub_client_free(client);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *key = getenv("DEEPDUB_API_KEY");
    vw_deepdub_config config;
    local_sandbox sandbox;
    int exit_code;

    if (argc != 1) {
        fprintf(stderr, "usage: %s\n", argv[0]);
        return 2;
    }
    vw_deepdub_config_init(&config);
    if (key != NULL && key[0] != '\0') return run(&config);

    fprintf(stderr, "DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service\n");
    if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
    config.api_key = LOCAL_SANDBOX_KEY;
    config.rest_url = sandbox.rest_url;
    config.websocket_url = sandbox.websocket_url;
    exit_code = run(&config);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
