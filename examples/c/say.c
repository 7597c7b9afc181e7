/* Speaks a text into a file, saying how it goes.
 *
 *     build/say "Welcome to the show." -o welcome.wav
 *
 * The file's ending chooses the format: .wav, .mp3, .opus, .ogg, .au, .ul or .pcm. With DEEPDUB_API_KEY set the service
 * speaks; without it a local sandbox does. */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_RATE 48000
/* Deepdub's "Storyteller", a voice that everyone may try. */
#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

/* Gets each chunk while the rest is still being spoken. */
static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    vw_audio_file *file = user_data;
    double seconds = 0;
    if (vw_audio_file_write(file, chunk->data, chunk->size) != VW_OK) return VW_STOP;
    vw_audio_file_seconds(file, &seconds);
    fprintf(stderr, "\r%.1f s of audio", seconds);
    return VW_CONTINUE;
}

static int say(const vw_deepdub_config *config, const char *text, const char *path, int64_t seed) {
    vw_deepdub_client *client = NULL;
    vw_audio_file *file = NULL;
    vw_deepdub_tts_request request;
    vw_deepdub_tts_result result;
    vw_status spoken;
    double seconds = 0;
    int exit_code = EXIT_SUCCESS;

    vw_deepdub_tts_request_init(&request);
    vw_deepdub_tts_result_init(&result);
    request.text = text;
    request.voice_prompt_id = VOICE;
    request.sample_rate = SAMPLE_RATE;
    request.seed = seed;
    if (vw_format_for_path(path, &request.format) != VW_OK) return fail("say");
    if (vw_deepdub_client_new(config, &client) != VW_OK) return fail("say");
    if (vw_audio_file_create(path, request.format, SAMPLE_RATE, &file) != VW_OK) {
        exit_code = fail("say");
        vw_deepdub_client_free(client);
        return exit_code;
    }

    spoken = vw_deepdub_stream_tts(client, &request, on_chunk, file, &result);
    fprintf(stderr, "\n");
    if (spoken != VW_OK) exit_code = fail("say");

    /* What arrived before a failure is good. */
    vw_audio_file_seconds(file, &seconds);
    if (seconds > 0) {
        if (vw_audio_file_finish(file) != VW_OK) {
            exit_code = fail("say");
        } else if (spoken == VW_OK) {
            fprintf(stderr, "%s: %.2f s of audio, first chunk after %.0f ms, generation %s\n", path, seconds,
                    result.first_chunk_ms, result.generation_id);
        } else {
            fprintf(stderr, "%s: the first %.2f s of audio, before the failure\n", path, seconds);
        }
    }
    vw_audio_file_free(file);
    vw_deepdub_client_free(client);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *text = NULL, *path = "out.wav", *key = getenv("DEEPDUB_API_KEY");
    int64_t seed = VW_UNSET_SEED;
    vw_deepdub_config config;
    local_sandbox sandbox;
    int i, exit_code;

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) path = argv[++i];
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) seed = strtoll(argv[++i], NULL, 10);
        else if (text == NULL && argv[i][0] != '-') text = argv[i];
        else text = NULL, i = argc;
    }
    if (text == NULL) {
        fprintf(stderr, "usage: %s TEXT [-o FILE] [--seed N]\n", argv[0]);
        return 2;
    }

    vw_deepdub_config_init(&config);
    if (key != NULL && key[0] != '\0') return say(&config, text, path, seed);

    fprintf(stderr, "DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service\n");
    if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
    config.api_key = LOCAL_SANDBOX_KEY;
    config.rest_url = sandbox.rest_url;
    config.websocket_url = sandbox.websocket_url;
    exit_code = say(&config, text, path, seed);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
