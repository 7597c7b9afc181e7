/* Reports from memory: NULL, garbage and what cannot be right is a status. */
#include "check.h"

#define UNKNOWN "4da9902b-9141-4fb7-9efb-d616ce266ed9"

static vw_deepdub_report_options good_report(void) {
    vw_deepdub_report_options options;
    CHECK_STATUS(vw_deepdub_report_options_init(&options), VW_OK);
    options.problem_word = "x";
    return options;
}

static void bad_outboxes(vw_deepdub_client *client, const char *directory) {
    vw_deepdub_report_options options = good_report();
    vw_deepdub_outbox *outbox = NULL;
    char path[4096], id[VW_OUTBOX_ID_SIZE] = "as it was";
    snprintf(path, sizeof path, "%s/reports", directory);
    CHECK_STATUS(vw_deepdub_outbox_open(path, NULL, &outbox), VW_OK);
    CHECK_REFUSED(vw_deepdub_outbox_add_report(NULL, client, UNKNOWN, &options, id), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_add_report((void *)client, client, UNKNOWN, &options, id), "vw_deepdub_outbox");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, NULL, UNKNOWN, &options, id), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, (void *)outbox, UNKNOWN, &options, id), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, UNKNOWN, NULL, id), "vw_deepdub_report_options");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, UNKNOWN, &options, NULL), "id");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, "\x80", &options, id), "generationId");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, UNKNOWN, &options, id), "generationId");
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, NULL, &options, id), "generationId");
    CHECK(strcmp(id, "as it was") == 0);
    CHECK_STATUS(vw_deepdub_outbox_free(outbox), VW_OK);
    CHECK_REFUSED(vw_deepdub_outbox_add_report(outbox, client, UNKNOWN, &options, id), "vw_deepdub_outbox");
}

static void bad_arguments(vw_deepdub_client *client, vw_cancel *cancel) {
    const void *bad[] = {NULL, (void *)8, (void *)-1, cancel};
    size_t sizes[] = {0, 1, 7, 5000, (size_t)-1};
    vw_deepdub_report_options options = good_report();
    vw_deepdub_issue *out = NULL;
    size_t i;
    CHECK_REFUSED(vw_deepdub_report_options_init(NULL), "options");
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_REFUSED(vw_deepdub_report(bad[i], UNKNOWN, &options, &out), "vw_deepdub_client");
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, NULL, &out), "vw_deepdub_report_options");
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, NULL), "out");
    CHECK_REFUSED(vw_deepdub_report(client, "\x80", &options, &out), "generationId");
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "generationId");
    CHECK_REFUSED(vw_deepdub_report(client, NULL, &options, &out), "generationId");
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        options.struct_size = sizes[i];
        CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "vw_deepdub_report_options.struct_size");
    }
    options = good_report();
    options.problem_word = NULL;
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "problemWord");
    options.problem_word = "caf\xc3";
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "problemWord");
    options = good_report();
    options.comments = "\xc0\xaf";
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "additionalComments");
    options = good_report();
    options.cancel = (const vw_cancel *)client;
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "vw_cancel");
    CHECK(out == NULL);
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    vw_deepdub_report_options options = good_report();
    vw_deepdub_issue *out = NULL;
    vw_cancel *cancel = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    bad_arguments(client, cancel);
    bad_outboxes(client, environment("TEST_DIRECTORY"));
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    CHECK_REFUSED(vw_deepdub_report(client, UNKNOWN, &options, &out), "vw_deepdub_client");
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
