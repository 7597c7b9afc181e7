/* The flow: three paragraphs into two voices each. The argument says what is to happen; the sandbox is told by
 * tests/c_services.rs, which also looks at the files in TEST_DIRECTORY/takes. What jobs can be resumed with is left in
 * TEST_DIRECTORY/recordings. */
#include "services.h"

#include <pthread.h>

static const char *const PARAGRAPHS[3] = {
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.",
    "So she was considering in her own mind whether the pleasure of making a daisy-chain would be worth the trouble.",
    "There was nothing so very remarkable in that; nor did Alice think it so very much out of the way.",
};

/* What a job's progress was. */
typedef struct progress {
    int stages; /* a bit for each */
    int32_t last, stop_at;
    uint64_t done, total;
} progress;

static int32_t on_progress(const vw_respeecher_progress *told, void *user_data) {
    static const char *const NAMES[] = {"preparing", "uploading", "processing", "ordering", "converting", "downloading"};
    progress *progress = user_data;
    CHECK(told->struct_size == sizeof *told && told->stage >= progress->last && told->done <= told->total);
    CHECK(strcmp(told->stage_name, NAMES[told->stage]) == 0);
    CHECK(told->stage < VW_RESPEECHER_PROCESSING || strlen(told->recording_id) == 36);
    progress->stages |= 1 << told->stage;
    progress->last = told->stage;
    progress->done = told->done;
    progress->total = told->total;
    return told->stage == progress->stop_at ? VW_STOP : VW_CONTINUE;
}

static progress until(int32_t stage) {
    progress progress = {0, -1, 0, 0, 0};
    progress.stop_at = stage;
    return progress;
}

/* A job of one paragraph. Its texts are the caller's. */
static vw_respeecher_job job_of(int paragraph, const vw_respeecher_conversion *conversions, char *label,
                                const kept *directory) {
    vw_respeecher_job job;
    CHECK_STATUS(vw_respeecher_job_init(&job), VW_OK);
    CHECK(job.polling_first_ms == 1000 && job.polling_longest_ms == 10000 && job.polling_limit_ms == 1800000);
    sprintf(label, "alice %d", paragraph + 1);
    job.text = PARAGRAPHS[paragraph];
    job.label = label;
    job.conversions = conversions;
    job.conversion_count = 2;
    job.directory = directory->text;
    job.polling_first_ms = 1;
    job.polling_longest_ms = 5;
    job.polling_limit_ms = 60000;
    return job;
}

static void voices_of(vw_respeecher_client *client, voice *voices, vw_respeecher_conversion *conversions) {
    int i;
    find_voices(client, voices, 2);
    for (i = 0; i < 2; i++) {
        CHECK_STATUS(vw_respeecher_conversion_init(&conversions[i]), VW_OK);
        conversions[i].voice_id = voices[i].id.text;
        conversions[i].narration_style_id = voices[i].style_id.text;
    }
}

/* All of them are there, in order. */
static void is_whole(const vw_json *outcome, const voice *voices) {
    char place[64];
    int i;
    CHECK(vw_json_size(outcome, "/files") == 2 && vw_json_size(outcome, "/failures") == 0);
    for (i = 0; i < 2; i++) {
        sprintf(place, "/files/%d/index", i);
        CHECK(vw_json_int(outcome, place, -1) == i);
        sprintf(place, "/files/%d/bytes", i);
        CHECK(vw_json_int(outcome, place, -1) > 1000);
        sprintf(place, "/files/%d/recording/voice_id", i);
        CHECK(strcmp(vw_json_str(outcome, place), voices[i].id.text) == 0);
        sprintf(place, "/files/%d/path", i);
        CHECK(begins_with(vw_json_str(outcome, place), "RIFF"));
    }
}

static void remember(const vw_json *outcome, int paragraph) {
    kept path = in_directory("recordings");
    FILE *file = fopen(path.text, paragraph == 0 ? "w" : "a");
    CHECK(file != NULL && vw_json_str(outcome, "/recording_id") != NULL);
    fprintf(file, "%s\n", vw_json_str(outcome, "/recording_id"));
    CHECK(fclose(file) == 0);
}

/* How the jobs end, and what the outcome says. */
static void paragraphs(vw_respeecher_client *client, const char *scenario) {
    kept directory = in_directory("takes"), folder = {""};
    vw_respeecher_conversion conversions[2];
    voice voices[2];
    int i;
    voices_of(client, voices, conversions);
    for (i = 0; i < 3; i++) {
        char label[16];
        vw_respeecher_job job = job_of(i, conversions, label, &directory);
        progress progress = until(-1);
        vw_json *outcome = NULL;
        vw_status status;
        if (i > 0) job.folder_id = folder.text;
        status = vw_respeecher_convert(client, &job, on_progress, &progress, NULL, &outcome);
        CHECK(outcome != NULL);
        folder = keep(outcome, "/folder_id");
        if (strcmp(scenario, "one-fails") == 0 && i == 1) {
            CHECK(status == VW_ERR_SERVER && vw_last_error()->status == VW_ERR_SERVER);
            CHECK(strstr(vw_last_error()->message, "1 of 2") != NULL);
            CHECK(strstr(vw_last_error()->message, voices[1].name.text) != NULL);
            CHECK(strstr(vw_last_error()->message, "The voice got a cold") != NULL);
            CHECK(vw_json_size(outcome, "/files") == 1 && vw_json_int(outcome, "/files/0/index", -1) == 0);
            CHECK(vw_json_size(outcome, "/failures") == 1 && vw_json_int(outcome, "/failures/0/index", -1) == 1);
            CHECK(vw_json_int(outcome, "/failures/0/status", 0) == VW_ERR_SERVER);
            CHECK(strcmp(vw_json_str(outcome, "/failures/0/status_name"), "VW_ERR_SERVER") == 0);
            CHECK(strlen(vw_json_str(outcome, "/failures/0/conversion_id")) == 36);
            CHECK(strstr(vw_json_str(outcome, "/failures/0/message"), "The voice got a cold") != NULL);
        } else if (strcmp(scenario, "credits") == 0 && i == 1) {
            CHECK(status != VW_OK);
            CHECK(vw_json_size(outcome, "/files") == 1 && vw_json_size(outcome, "/failures") == 1);
        } else if (strcmp(scenario, "credits") == 0 && i == 2) {
            CHECK(status == VW_ERR_INSUFFICIENT_CREDITS && vw_last_error()->http_status == 402);
            CHECK(vw_json_size(outcome, "/files") == 0);
        } else if (strcmp(scenario, "dropped-for-good") == 0 && i == 0) {
            CHECK(status == VW_ERR_NETWORK);
            CHECK(vw_json_size(outcome, "/files") == 1 && vw_json_int(outcome, "/failures/0/index", -1) == 0);
        } else {
            CHECK_STATUS(status, VW_OK);
            is_whole(outcome, voices);
            CHECK(progress.stages == 0x3d && progress.done == 2 && progress.total == 2);
        }
        remember(outcome, i);
        CHECK_STATUS(vw_json_free(outcome), VW_OK);
    }
}

/* Takes up what is in TEST_DIRECTORY/recordings. */
static void resume(vw_respeecher_client *client) {
    kept directory = in_directory("takes"), path = in_directory("recordings");
    vw_respeecher_conversion conversions[2];
    voice voices[2];
    FILE *file = fopen(path.text, "r");
    int i;
    CHECK(file != NULL);
    voices_of(client, voices, conversions);
    for (i = 0; i < 3; i++) {
        char label[16], id[64];
        vw_respeecher_job job = job_of(i, conversions, label, &directory);
        vw_json *outcome = NULL;
        CHECK(fgets(id, sizeof id, file) != NULL);
        id[strcspn(id, "\n")] = '\0';
        job.text = NULL;
        job.recording_id = id;
        CHECK_STATUS(vw_respeecher_convert(client, &job, NULL, NULL, NULL, &outcome), VW_OK);
        is_whole(outcome, voices);
        CHECK(strcmp(vw_json_str(outcome, "/recording_id"), id) == 0);
        CHECK_STATUS(vw_json_free(outcome), VW_OK);
    }
    fclose(file);
}

/* An upload that is stopped at each of the six stages. */
static void stop(vw_respeecher_client *client) {
    kept directory = in_directory("takes");
    vw_audio_bytes *bytes = tone();
    vw_respeecher_conversion conversions[2];
    voice voices[2];
    int32_t stage;
    voices_of(client, voices, conversions);
    for (stage = VW_RESPEECHER_PREPARING; stage <= VW_RESPEECHER_DOWNLOADING; stage++) {
        char label[16];
        vw_respeecher_job job = job_of(2, conversions, label, &directory);
        progress progress = until(stage);
        vw_json *outcome = NULL;
        kept id;
        if (stage == VW_RESPEECHER_UPLOADING) {
            job.text = NULL;
            job.data_name = "tone.wav";
            CHECK_STATUS(vw_audio_bytes_get(bytes, &job.data, &job.size), VW_OK);
        }
        CHECK_STATUS(vw_respeecher_convert(client, &job, on_progress, &progress, NULL, &outcome), VW_ERR_CANCELLED);
        CHECK(progress.last == stage);
        if (stage == VW_RESPEECHER_PREPARING) {
            CHECK(outcome == NULL); /* nothing had come of it */
            continue;
        }
        CHECK(outcome != NULL && vw_json_size(outcome, "/files") == 0);
        if (stage == VW_RESPEECHER_UPLOADING) {
            CHECK(vw_json_type_of(outcome, "/recording_id") == VW_JSON_NULL);
            CHECK(vw_json_str(outcome, "/folder_id") != NULL);
            CHECK_STATUS(vw_json_free(outcome), VW_OK);
            outcome = NULL;
            job = job_of(2, conversions, label, &directory);
            CHECK_STATUS(vw_respeecher_convert(client, &job, NULL, NULL, NULL, &outcome), VW_OK);
            CHECK_STATUS(vw_json_free(outcome), VW_OK);
            continue;
        }
        id = keep(outcome, "/recording_id");
        CHECK_STATUS(vw_json_free(outcome), VW_OK);
        outcome = NULL;
        job.text = NULL;
        job.recording_id = id.text;
        CHECK_STATUS(vw_respeecher_convert(client, &job, NULL, NULL, NULL, &outcome), VW_OK);
        is_whole(outcome, voices);
        CHECK_STATUS(vw_json_free(outcome), VW_OK);
    }
    CHECK_STATUS(vw_audio_bytes_free(bytes), VW_OK);
}

/* What another thread ends a job with: its cancel, or the freeing of its client. */
typedef struct ender {
    vw_cancel *cancel;
    vw_respeecher_client *client;
    pthread_t thread;
    int is_started;
} ender;

static void *end(void *user_data) {
    ender *ender = user_data;
    if (ender->cancel != NULL) CHECK_STATUS(vw_cancel_now(ender->cancel), VW_OK);
    else CHECK_STATUS(vw_respeecher_client_free(ender->client), VW_OK);
    return NULL;
}

static int32_t start_end(const vw_respeecher_progress *told, void *user_data) {
    ender *ender = user_data;
    if (told->stage == VW_RESPEECHER_PROCESSING && !ender->is_started) {
        ender->is_started = 1;
        CHECK(pthread_create(&ender->thread, NULL, end, ender) == 0);
    }
    return VW_CONTINUE;
}

/* The sandbox never gets ready: a wait of an hour is ended from outside. Frees the client. */
static void wait_and_end(vw_respeecher_client *client) {
    kept directory = in_directory("takes");
    vw_respeecher_conversion conversions[2];
    voice voices[2];
    ender ender = {NULL, NULL, pthread_self(), 0};
    vw_json *outcome = NULL;
    char label[16];
    vw_respeecher_job job;
    int i;
    voices_of(client, voices, conversions);
    job = job_of(0, conversions, label, &directory);
    job.polling_limit_ms = 20;
    CHECK_STATUS(vw_respeecher_convert(client, &job, NULL, NULL, NULL, &outcome), VW_ERR_TIMEOUT);
    CHECK(strcmp(vw_last_error()->field, "polling_limit") == 0 && vw_json_str(outcome, "/recording_id") != NULL);
    CHECK_STATUS(vw_json_free(outcome), VW_OK);
    job.polling_first_ms = job.polling_longest_ms = 3600 * 1000;
    job.polling_limit_ms = VW_NO_TIMEOUT;
    CHECK_STATUS(vw_cancel_new(&ender.cancel), VW_OK);
    for (i = 0; i < 2; i++) {
        outcome = NULL;
        CHECK_STATUS(vw_respeecher_convert(client, &job, start_end, &ender, ender.cancel, &outcome), VW_ERR_CANCELLED);
        CHECK(vw_json_str(outcome, "/recording_id") != NULL);
        CHECK(pthread_join(ender.thread, NULL) == 0);
        CHECK_STATUS(vw_json_free(outcome), VW_OK);
        CHECK_STATUS(vw_cancel_free(ender.cancel), VW_OK);
        ender.cancel = NULL;
        ender.client = client;
        ender.is_started = 0;
    }
}

int main(int argc, char **argv) {
    const char *scenario = argc > 1 ? argv[1] : "paragraphs";
    vw_http_config http;
    vw_respeecher_config config;
    vw_respeecher_client *client = NULL;
    CHECK_STATUS(vw_http_config_init(&http), VW_OK);
    http.retries = strcmp(scenario, "dropped-for-good") == 0 ? 0 : 2;
    http.retry_first_delay_ms = 1;
    CHECK_STATUS(vw_respeecher_config_init(&config), VW_OK);
    config.api_key = environment("TEST_RESPEECHER_KEY");
    config.base_url = environment("TEST_SERVICES_URL");
    config.http = &http;
    CHECK_STATUS(vw_respeecher_client_new(&config, &client), VW_OK);
    if (strcmp(scenario, "resume") == 0) resume(client);
    else if (strcmp(scenario, "stop") == 0) stop(client);
    else if (strcmp(scenario, "wait") == 0) wait_and_end(client);
    else paragraphs(client, scenario);
    if (strcmp(scenario, "wait") != 0) CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
