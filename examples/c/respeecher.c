/* Has texts spoken and converted into voices of Respeecher's marketplace: a file for each text and voice.
 *
 *     build/respeecher "Welcome to the show." "And now the news." -d takes
 *
 * Each text is a job; their originals lie in one folder. It takes the first two voices that the account may use. With
 * RESPEECHER_API_KEY set the service does it; without it a local sandbox. What was stopped or failed is taken up again with
 * -r and the recording that it names.
 */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VOICES 2
#define ID_SIZE 128

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

/* A text of an answer, for people. */
static const char *text_at(const vw_json *json, const char *pointer) {
    const char *text = vw_json_str(json, pointer);
    return text != NULL ? text : "?";
}

static int32_t on_progress(const vw_respeecher_progress *progress, void *user_data) {
    (void)user_data;
    fprintf(stderr, "\r%-12s %llu of %llu   ", progress->stage_name, (unsigned long long)progress->done,
            (unsigned long long)progress->total);
    return VW_CONTINUE;
}

/* The voices that the account may use, each in its first narration style. */
static size_t choose(vw_respeecher_client *client, char ids[VOICES][2][ID_SIZE]) {
    vw_respeecher_list *list = NULL;
    vw_json *voice = NULL;
    size_t found = 0;
    if (vw_respeecher_list_open(client, "list_voices", NULL, NULL, &list) != VW_OK) return 0;
    while (found < VOICES && vw_respeecher_list_next(list, &voice) == VW_OK && voice != NULL) {
        const char *id = vw_json_str(voice, "/id"), *style = vw_json_str(voice, "/narration_styles/0/id");
        if (vw_json_bool(voice, "/available") != VW_OFF && id != NULL && style != NULL) {
            snprintf(ids[found][0], ID_SIZE, "%s", id);
            snprintf(ids[found++][1], ID_SIZE, "%s", style);
            printf("%s, %s\n", text_at(voice, "/name"), text_at(voice, "/narration_styles/0/info/name"));
        }
        vw_json_free(voice);
    }
    vw_respeecher_list_free(list);
    return found;
}

/* What there is of it, whether all of it succeeded or not. */
static void tell(const vw_json *outcome) {
    char place[64];
    size_t i;
    for (i = 0; i < vw_json_size(outcome, "/files"); i++) {
        snprintf(place, sizeof place, "/files/%u/path", (unsigned)i);
        printf("%s\n", text_at(outcome, place));
    }
    for (i = 0; i < vw_json_size(outcome, "/failures"); i++) {
        snprintf(place, sizeof place, "/failures/%u/description", (unsigned)i);
        fprintf(stderr, "%s\n", text_at(outcome, place));
    }
}

/* One job. The first of several makes a folder, which folder then names for the others. */
static int run(vw_respeecher_client *client, vw_respeecher_job *job, char folder[ID_SIZE]) {
    vw_json *outcome = NULL;
    int exit_code = EXIT_SUCCESS;

    if (folder[0] != '\0') job->folder_id = folder;
    if (vw_respeecher_convert(client, job, on_progress, NULL, NULL, &outcome) != VW_OK) {
        fprintf(stderr, "\n");
        exit_code = fail("respeecher");
        if (vw_json_str(outcome, "/recording_id") != NULL)
            fprintf(stderr, "to take it up again: -r %s\n", vw_json_str(outcome, "/recording_id"));
    } else {
        fprintf(stderr, "\n");
    }
    if (vw_json_str(outcome, "/folder_id") != NULL)
        snprintf(folder, ID_SIZE, "%s", vw_json_str(outcome, "/folder_id"));
    tell(outcome);
    vw_json_free(outcome);
    return exit_code;
}

/* Texts, or one recording. */
static int convert(const vw_respeecher_config *config, char *const *texts, size_t text_count, const char *recording,
                   const char *directory) {
    char ids[VOICES][2][ID_SIZE], folder[ID_SIZE] = "", label[32];
    vw_respeecher_conversion conversions[VOICES];
    vw_respeecher_client *client = NULL;
    vw_respeecher_job job;
    int exit_code = EXIT_SUCCESS;
    size_t count, i;

    if (vw_respeecher_client_new(config, &client) != VW_OK) return fail("respeecher");
    count = choose(client, ids);
    for (i = 0; i < count; i++) {
        vw_respeecher_conversion_init(&conversions[i]);
        conversions[i].voice_id = ids[i][0];
        conversions[i].narration_style_id = ids[i][1];
    }
    vw_respeecher_job_init(&job);
    job.directory = directory;
    job.conversions = conversions;
    job.conversion_count = count;
    /* The files' names begin with it. */
    if (text_count > 1) job.label = label;
    for (i = 0; i < text_count; i++) {
        snprintf(label, sizeof label, "text %u", (unsigned)(i + 1));
        job.text = texts[i];
        if (run(client, &job, folder) != EXIT_SUCCESS) exit_code = EXIT_FAILURE;
    }
    if (recording != NULL) {
        job.recording_id = recording;
        exit_code = run(client, &job, folder);
    }
    vw_respeecher_client_free(client);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *recording = NULL, *directory = "takes", *key = getenv("RESPEECHER_API_KEY");
    vw_respeecher_config config;
    local_sandbox sandbox;
    int i, exit_code;
    size_t texts = 0; /* they are gathered at the beginning of argv */

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-d") == 0 && i + 1 < argc) directory = argv[++i];
        else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc) recording = argv[++i];
        else argv[1 + texts++] = argv[i];
    }
    if ((texts == 0) == (recording == NULL) || (texts > 0 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: %s TEXT... [-d DIRECTORY]\n       %s -r RECORDING [-d DIRECTORY]\n", argv[0], argv[0]);
        return 2;
    }

    vw_respeecher_config_init(&config);
    if (key != NULL && key[0] != '\0') return convert(&config, argv + 1, texts, recording, directory);

    fprintf(stderr, "RESPEECHER_API_KEY is not set: a local sandbox converts instead of the service\n");
    if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
    config.api_key = LOCAL_SANDBOX_RESPEECHER_KEY;
    config.base_url = sandbox.base_url;
    exit_code = convert(&config, argv + 1, texts, recording, directory);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
