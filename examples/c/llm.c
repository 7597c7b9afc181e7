/* A language model that is heard while it is still thinking.
 *
 *     build/llm
 *
 * Its tokens go into a turn as they come; the audio begins with the first sentence. The story is interrupted, as by a
 * listener who begins to speak, and the answer comes at once, on the same connection. All callbacks come inside
 * vw_session_poll, on this thread. With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does. */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>

#define SAMPLE_RATE 16000
/* Deepdub's "Storyteller", a voice that everyone may try. */
#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

/* What the model says, token by token. */
static const char *const STORY[] = {"Once", " upon", " a", " time", ",", " there", " was", " a", " king", ".",
                                    " He", " had", " a", " daughter", ",", " and", " she", " would", " not", " sleep", ".",
                                    " Every", " night", " she", " asked", " for", " a", " story", ",", " and", " another",
                                    ",", " and", " another", ".", NULL};
static const char *const ANSWER[] = {"Good", " night", ",", " then", ".", NULL};

/* One thing said. */
typedef struct speech {
    const char *path;
    vw_audio_file *file;
    vw_deepdub_turn *turn;
    int ended;
} speech;

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

/* Here a program would play the samples. */
static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    speech *speech = user_data;
    return vw_audio_file_write(speech->file, chunk->data, chunk->size) == VW_OK ? VW_CONTINUE : VW_STOP;
}

/* Comes exactly once for each turn, however it ends. */
static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    speech *speech = user_data;
    speech->ended = 1;
    printf("%s: %s, %.2f s of audio, first after %.0f ms\n", speech->path, vw_status_name(end->status),
           (double)end->result->bytes / 2 / SAMPLE_RATE, end->result->first_chunk_ms);
    if (end->error != NULL && end->status != VW_ERR_CANCELLED) fprintf(stderr, "%s\n", end->error->description);
}

/* Speaks tokens as they come, and is interrupted when so many seconds have been heard. */
static int say(vw_deepdub_text_session *session, speech *speech, const char *const *tokens, double patience) {
    vw_deepdub_turn_options options;
    double heard = 0;
    vw_deepdub_turn_options_init(&options);
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = speech;
    if (vw_audio_file_create(speech->path, VW_FORMAT_S16LE, SAMPLE_RATE, &speech->file) != VW_OK) {
        return fail(speech->path);
    }
    if (vw_deepdub_text_session_begin_turn(session, &options, &speech->turn) != VW_OK) return fail(speech->path);
    while (!speech->ended) {
        if (*tokens != NULL) {
            if (vw_deepdub_turn_write(speech->turn, *tokens, 5000) != VW_OK) return fail(speech->path);
            if (*++tokens == NULL) vw_deepdub_turn_end(speech->turn);
        }
        /* Meanwhile the model thinks of the next one. */
        if (vw_session_poll(session, *tokens != NULL ? 20 : 1000) != VW_OK) return fail(speech->path);
        vw_audio_file_seconds(speech->file, &heard);
        if (heard > patience && !speech->ended) {
            /* Barge-in: not a chunk more of it from here on, and the next turn can begin. The end still comes. */
            vw_deepdub_turn_cancel(speech->turn);
            return EXIT_SUCCESS;
        }
    }
    return EXIT_SUCCESS;
}

static int run(const vw_deepdub_config *config) {
    speech story = {"story.wav", NULL, NULL, 0}, answer = {"answer.wav", NULL, NULL, 0};
    vw_deepdub_client *client = NULL;
    vw_deepdub_text_session *session = NULL;
    vw_deepdub_text_session_options options;
    vw_deepdub_text_config voice;
    int exit_code;

    if (vw_deepdub_client_new(config, &client) != VW_OK) return fail("llm");
    vw_deepdub_text_config_init(&voice);
    voice.voice_prompt_id = VOICE;
    voice.sample_rate = SAMPLE_RATE;
    vw_deepdub_text_session_options_init(&options);
    options.delivery = VW_DELIVERY_POLL;
    if (vw_deepdub_text_session_open(client, &voice, &options, &session) != VW_OK) exit_code = fail("llm");
    else exit_code = say(session, &story, STORY, 0.5);
    if (exit_code == EXIT_SUCCESS) exit_code = say(session, &answer, ANSWER, 60);

    /* Nothing is called back once the session is freed: the speeches may go. */
    vw_deepdub_text_session_free(session);
    /* What came before the interruption is good. */
    if (exit_code == EXIT_SUCCESS && vw_audio_file_finish(story.file) != VW_OK) exit_code = fail(story.path);
    if (exit_code == EXIT_SUCCESS && vw_audio_file_finish(answer.file) != VW_OK) exit_code = fail(answer.path);
    vw_deepdub_turn_free(story.turn);
    vw_deepdub_turn_free(answer.turn);
    vw_audio_file_free(story.file);
    vw_audio_file_free(answer.file);
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
    config.streaming_url = sandbox.streaming_url;
    exit_code = run(&config);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
