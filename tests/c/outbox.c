/* Reports that wait in a directory: added, sent, refused, retried, dropped, listed, and the limits. */
#include "check.h"

#include <math.h>
#include <time.h>

/* Nobody listens there: the discard port of this machine. */
#define NOWHERE "http://127.0.0.1:9/api/v1"

static char directory[1024];

static vw_deepdub_issue_request issue(const char *word) {
    vw_deepdub_issue_request request;
    CHECK_STATUS(vw_deepdub_issue_request_init(&request), VW_OK);
    request.generation_id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    request.generated_text = "Say it.";
    request.voice_prompt_id = "vp_1";
    request.problem_word = word;
    return request;
}

static vw_deepdub_client *client_of(const char *rest_url) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    config.retries = 0;
    /* Nothing that waits for a further try gets there. */
    config.retry_first_delay_ms = config.retry_max_delay_ms = 3600000;
    if (rest_url != NULL) config.rest_url = rest_url;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    return client;
}

/* A client of the sandbox, whose every request goes wrong in this way. */
static vw_deepdub_client *faulty_client(const char *fault) {
    char url[512];
    snprintf(url, sizeof url, "%s?fault=%s", environment("TEST_REST_URL"), fault);
    return client_of(url);
}

static vw_deepdub_outbox_summary fresh(void) {
    vw_deepdub_outbox_summary summary;
    CHECK_STATUS(vw_deepdub_outbox_summary_init(&summary), VW_OK);
    return summary;
}

typedef struct told {
    int count;
    char word[64];
    char issue_id[64];
    vw_outbox_state state;
    vw_status status;
    int32_t answer;
    vw_deepdub_outbox *to_free;
} told;

static int32_t on_report(const vw_deepdub_outbox_report *report, void *user_data) {
    told *told = user_data;
    CHECK(report->struct_size == sizeof *report);
    told->count++;
    told->state = report->state;
    told->status = report->error_status;
    snprintf(told->word, sizeof told->word, "%s", report->problem_word);
    snprintf(told->issue_id, sizeof told->issue_id, "%s", report->issue_id != NULL ? report->issue_id : "");
    if (told->to_free != NULL) CHECK_STATUS(vw_deepdub_outbox_free(told->to_free), VW_OK);
    told->to_free = NULL;
    return told->answer;
}

/* The one report that is there. */
static vw_deepdub_outbox_reports *only(vw_deepdub_outbox *outbox, vw_outbox_state state) {
    vw_deepdub_outbox_reports *reports = NULL;
    CHECK_STATUS(vw_deepdub_outbox_list(outbox, &reports), VW_OK);
    CHECK(reports->struct_size == sizeof *reports && reports->count == 1);
    CHECK(reports->reports[0]->state == state);
    return reports;
}

static void from_taken_to_dropped(void) {
    vw_deepdub_outbox *outbox = NULL;
    vw_deepdub_outbox_reports *reports;
    vw_deepdub_client *client = client_of(NULL), *nowhere = client_of(NOWHERE), *refused = faulty_client("http=422");
    vw_deepdub_issue_request request = issue("word");
    vw_deepdub_outbox_summary summary = fresh();
    vw_deepdub_issue *filed = NULL;
    char path[1100], id[VW_OUTBOX_ID_SIZE];
    told told = {0};
    double now = (double)time(NULL);
    FILE *clip;

    snprintf(path, sizeof path, "%s-clip.wav", directory);
    clip = fopen(path, "wb");
    CHECK(clip != NULL && fwrite("RIFF....", 1, 8, clip) == 8 && fclose(clip) == 0);
    request.problem_audio_path = path;
    request.problem_seconds = 0.25;
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, id), VW_OK);
    CHECK(strlen(id) == 36);
    CHECK(remove(path) == 0);

    /* Without a network it waits. */
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, nowhere, on_report, &told, NULL, &summary), VW_OK);
    CHECK(summary.delivered == 0 && summary.rejected == 0 && summary.waiting == 1);
    CHECK(summary.status == VW_ERR_NETWORK && summary.retry_after_seconds < 0);
    CHECK(told.count == 1 && told.state == VW_OUTBOX_WAITING && told.status == VW_ERR_NETWORK);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);

    /* What is refused is kept aside with the reason. */
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, refused, NULL, NULL, NULL, &summary), VW_OK);
    CHECK(summary.rejected == 1 && summary.waiting == 0 && summary.status == VW_OK);
    reports = only(outbox, VW_OUTBOX_REJECTED);
    CHECK(strcmp(reports->reports[0]->id, id) == 0 && reports->reports[0]->attempts == 2);
    CHECK(reports->reports[0]->error_status == VW_ERR_REJECTED_INPUT);
    CHECK(reports->reports[0]->error_http_status == 422 && reports->reports[0]->error_message[0] != '\0');
    CHECK(reports->reports[0]->created > now - 2 && reports->reports[0]->created < now + 3600);
    CHECK(isnan(reports->reports[0]->delivered) && reports->reports[0]->issue_id == NULL);
    CHECK(reports->reports[0]->clip_bytes == 8 && reports->reports[0]->size > 8);
    CHECK_STATUS(vw_deepdub_outbox_reports_free(reports), VW_OK);

    /* Retried, it arrives, and the service's id is known. */
    CHECK_STATUS(vw_deepdub_outbox_retry(outbox, id), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_deliver(outbox, client, VW_NO_TIMEOUT, on_report, &told, NULL, &summary), VW_OK);
    CHECK(summary.delivered == 1 && summary.waiting == 0 && summary.status == VW_OK);
    CHECK(told.count == 2 && told.state == VW_OUTBOX_DELIVERED && told.status == VW_OK);
    CHECK(strcmp(told.word, "word") == 0);
    reports = only(outbox, VW_OUTBOX_DELIVERED);
    CHECK(strcmp(reports->reports[0]->issue_id, told.issue_id) == 0);
    CHECK(reports->reports[0]->delivered >= reports->reports[0]->created);
    CHECK(strcmp(reports->reports[0]->generation_id, request.generation_id) == 0);
    CHECK(strcmp(reports->reports[0]->voice_prompt_id, "vp_1") == 0);
    CHECK_STATUS(vw_deepdub_outbox_reports_free(reports), VW_OK);
    CHECK_STATUS(vw_deepdub_get_issue(client, told.issue_id, NULL, &filed), VW_OK);
    CHECK(strcmp(filed->problem_word, "word") == 0 && filed->problem_seconds == 0.25);
    CHECK(strstr(filed->json, "\"problemAudioBytes\":8") != NULL);
    CHECK_STATUS(vw_deepdub_issue_free(filed), VW_OK);
    CHECK_REFUSED(vw_deepdub_outbox_retry(outbox, id), "id");

    CHECK_STATUS(vw_deepdub_outbox_drop(outbox, id), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_drop(outbox, id), VW_ERR_NOT_FOUND);
    CHECK_STATUS(vw_deepdub_outbox_list(outbox, &reports), VW_OK);
    CHECK(reports->count == 0);
    CHECK_STATUS(vw_deepdub_outbox_reports_free(reports), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(refused), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(nowhere), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

static void limits(void) {
    vw_deepdub_outbox_options options;
    vw_deepdub_outbox *outbox = NULL;
    vw_deepdub_outbox_reports *reports = NULL;
    vw_deepdub_issue_request request = issue("first");
    char id[VW_OUTBOX_ID_SIZE] = "", other[VW_OUTBOX_ID_SIZE] = "as it was";
    CHECK_STATUS(vw_deepdub_outbox_options_init(&options), VW_OK);
    options.max_reports = 1;
    CHECK_STATUS(vw_deepdub_outbox_open(directory, &options, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, id), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, other), VW_ERR_OUTBOX_FULL);
    CHECK(strcmp(vw_last_error()->field, "max_reports") == 0 && strcmp(other, "as it was") == 0);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);

    options.max_reports = 10;
    options.max_bytes = 1000;
    request.problem_audio = (const uint8_t *)directory;
    request.problem_audio_size = sizeof directory;
    CHECK_STATUS(vw_deepdub_outbox_open(directory, &options, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, other), VW_ERR_OUTBOX_FULL);
    CHECK(strcmp(vw_last_error()->field, "max_bytes") == 0);
    CHECK_STATUS(vw_deepdub_outbox_drop(outbox, id), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_list(outbox, &reports), VW_OK);
    CHECK(reports->count == 0);
    CHECK_STATUS(vw_deepdub_outbox_reports_free(reports), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
}

static void endings(void) {
    vw_deepdub_outbox *outbox = NULL;
    vw_deepdub_client *client = client_of(NULL), *nowhere = client_of(NOWHERE), *silent = faulty_client("silent"),
                      *busy = faulty_client("http=429,retry-after=7");
    vw_deepdub_issue_request request = issue("one");
    vw_deepdub_outbox_summary summary = fresh();
    vw_cancel *cancel = NULL;
    char id[VW_OUTBOX_ID_SIZE] = "as it was";
    told told = {0};
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &outbox), VW_OK);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
    request.cancel = cancel;
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, id), VW_ERR_CANCELLED);
    CHECK(strcmp(id, "as it was") == 0);
    request.cancel = NULL;
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, id), VW_OK);
    request = issue("two");
    CHECK_STATUS(vw_deepdub_outbox_add(outbox, &request, id), VW_OK);

    CHECK_STATUS(vw_deepdub_outbox_send(outbox, client, NULL, NULL, cancel, &summary), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_outbox_deliver(outbox, nowhere, 600000, NULL, NULL, NULL, &summary), VW_OK);
    CHECK(summary.waiting == 2 && summary.status == VW_ERR_NETWORK);
    CHECK_STATUS(vw_deepdub_outbox_deliver(outbox, silent, 200, NULL, NULL, NULL, &summary), VW_OK);
    CHECK(summary.waiting == 2 && summary.status == VW_ERR_TIMEOUT);
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, busy, NULL, NULL, NULL, &summary), VW_OK);
    CHECK(summary.waiting == 2 && summary.status == VW_ERR_RATE_LIMITED && summary.retry_after_seconds == 7.0);

    /* The callback ends it, and what was done is done; it may free the outbox that it comes from. */
    told.answer = VW_STOP;
    told.to_free = outbox;
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, client, on_report, &told, NULL, &summary), VW_ERR_CANCELLED);
    CHECK(told.count == 1 && told.state == VW_OUTBOX_DELIVERED && strcmp(told.word, "one") == 0);
    CHECK(summary.waiting == 2);
    CHECK_REFUSED(vw_deepdub_outbox_free(outbox), "vw_deepdub_outbox");
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &outbox), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, client, NULL, NULL, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(busy), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(silent), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(nowhere), VW_OK);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
}

static void places(void) {
    vw_deepdub_outbox *outbox = NULL;
    char path[1100];
    FILE *file;
    snprintf(path, sizeof path, "%s-file", directory);
    file = fopen(path, "wb");
    CHECK(file != NULL && fclose(file) == 0);
    CHECK_STATUS(vw_deepdub_outbox_open(path, NULL, &outbox), VW_ERR_FILE);
    CHECK(outbox == NULL && strstr(vw_last_error()->message, "-file") != NULL);
}

int main(void) {
    snprintf(directory, sizeof directory, "%s/reports", environment("TEST_DIRECTORY"));
    from_taken_to_dropped();
    limits();
    endings();
    places();
    printf("%d checks\n", checks);
    return 0;
}
