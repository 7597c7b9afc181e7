/* Clones a voice from a recording, and lets one hear it in a language.
 *
 *     build/palabra recording.wav -l de -o sample.wav
 *
 * With PALABRA_API_KEY, or PALABRA_CLIENT_ID and PALABRA_CLIENT_SECRET, set the service does it; without them a local
 * sandbox.
 */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what) {
    const vw_error *error = vw_last_error();
    fprintf(stderr, "%s: %s\n", what, error->description);
    /* What the vendor's support would want to know. */
    if (error->problem_instance != NULL) fprintf(stderr, "occurrence: %s\n", error->problem_instance);
    return EXIT_FAILURE;
}

/* A text of an answer, for people. */
static const char *text_at(const vw_json *json, const char *pointer) {
    const char *text = vw_json_str(json, pointer);
    return text != NULL ? text : "?";
}

static int32_t on_progress(const vw_palabra_clone_progress *progress, void *user_data) {
    static const char *const STAGES[] = {"uploading", "processing"};
    (void)user_data;
    fprintf(stderr, "\r%-10s %llu of %llu   ", STAGES[progress->stage], (unsigned long long)progress->done,
            (unsigned long long)progress->total);
    return VW_CONTINUE;
}

/* A fresh sample of the voice. If it is being made already, this waits until that is over. */
static int sample(vw_palabra_client *client, const char *voice_id, const char *language, const char *path) {
    vw_palabra_waiting waiting;
    vw_save_to to;
    vw_json *made = NULL;
    int exit_code = EXIT_SUCCESS;

    vw_palabra_waiting_init(&waiting);
    vw_save_to_init(&to);
    to.file = path;
    if (vw_palabra_regenerate_sample(client, voice_id, language, &waiting, NULL, &made) != VW_OK) return fail("sample");
    if (vw_palabra_download_url(client, vw_json_str(made, "/url"), &to, NULL, NULL, NULL, NULL) != VW_OK)
        exit_code = fail("sample");
    else printf("%s\n", path);
    vw_json_free(made);
    return exit_code;
}

static int clone(const vw_palabra_config *config, const char *recording, const char *language, const char *path) {
    vw_palabra_client *client = NULL;
    vw_palabra_new_voice voice;
    vw_json *made = NULL;
    int exit_code;

    if (vw_palabra_client_new(config, &client) != VW_OK) return fail("palabra");
    vw_palabra_new_voice_init(&voice);
    voice.name = "A voice of mine";
    voice.recording = recording;
    voice.language = "en-us"; /* of the recording */
    if (vw_palabra_clone(client, &voice, on_progress, NULL, NULL, &made) != VW_OK) {
        exit_code = fail("\nclone");
    } else {
        fprintf(stderr, "\n");
        printf("voice %s is %s\n", text_at(made, "/voice_id"), text_at(made, "/processing_status"));
        exit_code = sample(client, vw_json_str(made, "/voice_id"), language, path);
    }
    vw_json_free(made);
    vw_palabra_client_free(client);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *recording = NULL, *language = "en-us", *path = "sample.wav";
    vw_palabra_config config;
    local_sandbox sandbox;
    int i, exit_code;

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) path = argv[++i];
        else if (strcmp(argv[i], "-l") == 0 && i + 1 < argc) language = argv[++i];
        else recording = argv[i];
    }
    if (recording == NULL || recording[0] == '-') {
        fprintf(stderr, "usage: %s RECORDING [-l LANGUAGE] [-o FILE]\n", argv[0]);
        return 2;
    }

    vw_palabra_config_init(&config);
    if (getenv("PALABRA_API_KEY") != NULL || getenv("PALABRA_CLIENT_ID") != NULL)
        return clone(&config, recording, language, path);

    fprintf(stderr, "PALABRA_API_KEY is not set: a local sandbox clones instead of the service\n");
    if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
    config.api_key = LOCAL_SANDBOX_PALABRA_KEY;
    config.base_url = sandbox.base_url;
    exit_code = clone(&config, recording, language, path);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
