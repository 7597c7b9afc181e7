/* NULL, garbage and text that is not UTF-8 to every function of the outbox: each is a status and none is a crash. */
#include "check.h"

static char directory[1024];

static int32_t never(const vw_deepdub_outbox_report *report, void *user_data) {
    (void)report;
    (void)user_data;
    CHECK(!"a refused call does not call back");
    return VW_STOP;
}

static vw_deepdub_issue_request good_issue(void) {
    vw_deepdub_issue_request issue;
    CHECK_STATUS(vw_deepdub_issue_request_init(&issue), VW_OK);
    issue.generation_id = issue.generated_text = issue.problem_word = issue.voice_prompt_id = "x";
    return issue;
}

static void bad_outbox(void *bad, const vw_deepdub_client *client) {
    vw_deepdub_issue_request issue = good_issue();
    vw_deepdub_outbox_reports *reports = (vw_deepdub_outbox_reports *)&issue;
    vw_deepdub_outbox_summary summary;
    char id[VW_OUTBOX_ID_SIZE] = "as it was";
    CHECK_STATUS(vw_deepdub_outbox_summary_init(&summary), VW_OK);
    summary.delivered = 7;
    CHECK_REFUSED(vw_deepdub_outbox_add(bad, &issue, id), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_send(bad, client, never, NULL, NULL, &summary), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_deliver(bad, client, 0, never, NULL, NULL, &summary), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_list(bad, &reports), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_retry(bad, "x"), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_drop(bad, "x"), "vw_deepdub_outbox");
    CHECK(strcmp(id, "as it was") == 0 && summary.delivered == 7 && (void *)reports == (void *)&issue);
    if (bad != NULL) {
        CHECK_REFUSED(vw_deepdub_outbox_free(bad), "vw_deepdub_outbox");
        CHECK_REFUSED(vw_deepdub_outbox_reports_free(bad), "vw_deepdub_outbox_reports");
    }
}

static void bad_handles(vw_deepdub_outbox *outbox, vw_deepdub_client *client) {
    unsigned char garbage[64];
    vw_deepdub_issue_request issue = good_issue();
    vw_deepdub_outbox *freed = NULL;
    vw_deepdub_outbox_reports *reports = NULL;
    char id[VW_OUTBOX_ID_SIZE] = "as it was";
    void *bad[6];
    size_t i;
    memset(garbage, 0xA5, sizeof garbage);
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &freed), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_list(freed, &reports), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_free(freed), VW_OK);
    bad[0] = garbage;                       /* memory that never was a handle */
    bad[1] = (void *)(uintptr_t)0x10;       /* no memory at all */
    bad[2] = (void *)(uintptr_t)UINTPTR_MAX;
    bad[3] = freed;
    bad[4] = (void *)"a text";
    bad[5] = client;                        /* a live handle of another type */
    bad_outbox(NULL, client);
    for (i = 0; i < 6; i++) {
        bad_outbox(bad[i], client);
        if (bad[i] != (void *)client) {
            CHECK_REFUSED(vw_deepdub_outbox_send(outbox, bad[i], never, NULL, NULL, NULL), "vw_deepdub_client");
            CHECK_REFUSED(vw_deepdub_outbox_deliver(outbox, bad[i], 0, never, NULL, NULL, NULL), "vw_deepdub_client");
        }
        CHECK_REFUSED(vw_deepdub_outbox_send(outbox, client, never, NULL, bad[i], NULL), "vw_cancel");
        CHECK_REFUSED(vw_deepdub_outbox_deliver(outbox, client, 0, never, NULL, bad[i], NULL), "vw_cancel");
        issue.cancel = bad[i];
        CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, id), "vw_cancel");
    }
    CHECK_REFUSED(vw_deepdub_outbox_send(outbox, NULL, never, NULL, NULL, NULL), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_outbox_deliver(outbox, NULL, 0, never, NULL, NULL, NULL), "vw_deepdub_client");
    CHECK(strcmp(id, "as it was") == 0);

    /* A list outlives its outbox, and is freed once. */
    CHECK(reports->struct_size == sizeof *reports && reports->count == 0);
    CHECK_REFUSED(vw_deepdub_outbox_free((vw_deepdub_outbox *)reports), "vw_deepdub_outbox");
    CHECK_STATUS(vw_deepdub_outbox_reports_free(reports), VW_OK);
    CHECK_REFUSED(vw_deepdub_outbox_reports_free(reports), "vw_deepdub_outbox_reports");
    CHECK_STATUS(vw_deepdub_outbox_free(NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_reports_free(NULL), VW_OK);
}

static void bad_arguments(vw_deepdub_outbox *outbox, vw_deepdub_client *client) {
    static const char *const bad_text[] = {"\x80", "caf\xc3", "\xc0\xaf"};
    static const size_t sizes[] = {0, 1, sizeof(size_t), 5000, SIZE_MAX};
    vw_deepdub_outbox *other = NULL;
    vw_deepdub_outbox_options options;
    vw_deepdub_outbox_summary summary;
    vw_deepdub_issue_request issue = good_issue();
    char id[VW_OUTBOX_ID_SIZE] = "as it was";
    size_t i;
    CHECK_REFUSED(vw_deepdub_outbox_options_init(NULL), "options");
    CHECK_REFUSED(vw_deepdub_outbox_summary_init(NULL), "summary");
    CHECK_STATUS(vw_deepdub_outbox_options_init(&options), VW_OK);
    CHECK(options.max_bytes == 268435456 && options.max_reports == 1000 && options.max_delivered == 1000);
    CHECK_REFUSED(vw_deepdub_outbox_open(NULL, NULL, &other), "path");
    CHECK_REFUSED(vw_deepdub_outbox_open("", NULL, &other), "path");
    CHECK_REFUSED(vw_deepdub_outbox_open(directory, NULL, NULL), "out");
    options.max_bytes = 0;
    CHECK_REFUSED(vw_deepdub_outbox_open(directory, &options, &other), "max_bytes");
    options.max_bytes = UINT64_MAX;
    options.max_reports = 0;
    CHECK_REFUSED(vw_deepdub_outbox_open(directory, &options, &other), "max_reports");
    CHECK_REFUSED(vw_deepdub_outbox_add(outbox, NULL, id), "vw_deepdub_issue_request");
    CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, NULL), "id");
    CHECK_REFUSED(vw_deepdub_outbox_list(outbox, NULL), "out");
    CHECK_REFUSED(vw_deepdub_outbox_retry(outbox, NULL), "id");
    CHECK_REFUSED(vw_deepdub_outbox_drop(outbox, NULL), "id");
    CHECK_REFUSED(vw_deepdub_outbox_retry(outbox, "../lock"), "id");
    CHECK_REFUSED(vw_deepdub_outbox_drop(outbox, "../lock"), "id");
    CHECK_STATUS(vw_deepdub_outbox_drop(outbox, "none"), VW_ERR_NOT_FOUND);
    for (i = 0; i < sizeof bad_text / sizeof bad_text[0]; i++) {
        CHECK_REFUSED(vw_deepdub_outbox_open(bad_text[i], NULL, &other), "path");
        CHECK_REFUSED(vw_deepdub_outbox_retry(outbox, bad_text[i]), "id");
        CHECK_REFUSED(vw_deepdub_outbox_drop(outbox, bad_text[i]), "id");
        issue = good_issue();
        issue.problem_word = bad_text[i];
        CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, id), "problemWord");
    }
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        options.struct_size = summary.struct_size = issue.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_outbox_open(directory, &options, &other), "vw_deepdub_outbox_options.struct_size");
        CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, id), "vw_deepdub_issue_request.struct_size");
        CHECK_REFUSED(vw_deepdub_outbox_send(outbox, client, never, NULL, NULL, &summary),
                      "vw_deepdub_outbox_summary.struct_size");
        CHECK_REFUSED(vw_deepdub_outbox_deliver(outbox, client, 0, never, NULL, NULL, &summary),
                      "vw_deepdub_outbox_summary.struct_size");
    }
    issue = good_issue();
    issue.generated_text = NULL;
    CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, id), "generatedText");
    issue = good_issue();
    issue.problem_audio_size = 4;
    CHECK_REFUSED(vw_deepdub_outbox_add(outbox, &issue, id), "problemAudioFile");
    CHECK(other == NULL && strcmp(id, "as it was") == 0);
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_outbox *outbox = NULL;
    snprintf(directory, sizeof directory, "%s/misused-outbox", environment("TEST_DIRECTORY"));
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_open(directory, NULL, &outbox), VW_OK);
    bad_handles(outbox, client);
    bad_arguments(outbox, client);
    /* Nothing was taken: there is nothing to send. */
    CHECK_STATUS(vw_deepdub_outbox_send(outbox, client, never, NULL, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
    CHECK_REFUSED(vw_deepdub_outbox_free(outbox), "vw_deepdub_outbox");
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
