/* Reports that the client fills in from memory. What was heard and which reports were filed is left in TEST_DIRECTORY for
 * tests/c.rs, which looks at the clips. */
#include "check.h"

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define TEXT                                                                                                           \
    "The quick brown fox jumps over the lazy dog, and then it sleeps. In the morning the dog wakes, looks for the "   \
    "fox, and finds nothing but a trail in the wet grass."

typedef struct heard {
    FILE *file;
    char generation_id[40];
} heard;

static int32_t hear(const vw_deepdub_chunk *chunk, void *user_data) {
    heard *heard = user_data;
    snprintf(heard->generation_id, sizeof heard->generation_id, "%s", chunk->generation_id);
    CHECK(fwrite(chunk->data, 1, chunk->size, heard->file) == chunk->size);
    return VW_CONTINUE;
}

static FILE *open_in(const char *directory, const char *name) {
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "wb");
    CHECK(file != NULL);
    return file;
}

static void speak(vw_deepdub_client *client, heard *heard) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = TEXT;
    request.voice_prompt_id = VOICE;
    request.format = VW_FORMAT_S16LE;
    request.sample_rate = 16000;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, hear, heard, NULL), VW_OK);
}

static int32_t on_report(const vw_deepdub_outbox_report *report, void *user_data) {
    CHECK(strcmp(report->problem_word, "dog") == 0);
    fprintf(user_data, "%s\n", report->issue_id);
    return VW_CONTINUE;
}

static void report(vw_deepdub_client *client, const char *id, double seconds, double clip_seconds, FILE *filed) {
    vw_deepdub_report_options options;
    vw_deepdub_issue *issue = NULL;
    CHECK_STATUS(vw_deepdub_report_options_init(&options), VW_OK);
    CHECK(options.clip_seconds == 3.0);
    options.problem_word = "fox";
    options.comments = "said twice";
    options.problem_seconds = seconds;
    options.clip_seconds = clip_seconds;
    CHECK_STATUS(vw_deepdub_report(client, id, &options, &issue), VW_OK);
    CHECK(strcmp(issue->generated_text, TEXT) == 0 && strcmp(issue->voice_prompt_id, VOICE) == 0);
    CHECK(strcmp(issue->problem_word, "fox") == 0 && strcmp(issue->additional_comments, "said twice") == 0);
    CHECK(issue->problem_seconds == seconds);
    fprintf(filed, "%s\n", issue->id);
    CHECK_STATUS(vw_deepdub_issue_free(issue), VW_OK);
}

static void report_through_an_outbox(vw_deepdub_client *client, const char *directory, FILE *filed) {
    vw_deepdub_report_options options;
    vw_deepdub_outbox_summary summary;
    vw_deepdub_outbox *outbox = NULL;
    char path[4096], id[VW_OUTBOX_ID_SIZE];
    snprintf(path, sizeof path, "%s/reports", directory);
    CHECK_STATUS(vw_deepdub_outbox_open(path, NULL, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_report_options_init(&options), VW_OK);
    options.problem_word = "dog";
    options.problem_seconds = 2.0;
    options.clip_seconds = 1.0;
    CHECK_STATUS(vw_deepdub_outbox_add_report(outbox, client, NULL, &options, id), VW_OK);
    CHECK(strlen(id) == 36);
    CHECK_STATUS(vw_deepdub_outbox_summary_init(&summary), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, client, on_report, filed, NULL, &summary), VW_OK);
    CHECK(summary.delivered == 1 && summary.waiting == 0);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
}

static void nothing_is_remembered_when_it_is_off(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_report_options options;
    vw_deepdub_issue *issue = NULL;
    heard heard;
    heard.file = tmpfile();
    CHECK(heard.file != NULL);
    CHECK(config.remember_generations == 10 && config.remember_audio_bytes == 16 * 1024 * 1024);
    config.remember_generations = 0;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    speak(client, &heard);
    fclose(heard.file);
    CHECK_STATUS(vw_deepdub_report_options_init(&options), VW_OK);
    options.problem_word = "fox";
    CHECK_REFUSED(vw_deepdub_report(client, heard.generation_id, &options, &issue), "generationId");
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

int main(void) {
    const char *directory = environment("TEST_DIRECTORY");
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    FILE *filed = open_in(directory, "filed");
    heard heard;
    heard.file = open_in(directory, "heard.s16le");
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    speak(client, &heard);
    fclose(heard.file);
    report(client, heard.generation_id, 3.0, 3.0, filed);
    report(client, NULL, 2.0, 1.0, filed);
    report_through_an_outbox(client, directory, filed);
    fclose(filed);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    nothing_is_remembered_when_it_is_off();
    printf("%d checks\n", checks);
    return 0;
}
