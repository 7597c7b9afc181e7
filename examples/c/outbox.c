/* Keeps a report until the service has it: first there is no network, then there is.
 *
 *     build/outbox [DIRECTORY]
 *
 * The report goes to DIRECTORY ("reports"), and is safe there when vw_deepdub_outbox_add returns: whatever happens to the
 * network, the program or the machine, this or the next run delivers it. With DEEPDUB_API_KEY set it goes to the service,
 * without it to a local sandbox.
 */
#include "local_sandbox.h"

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

static int32_t on_report(const vw_deepdub_outbox_report *report, void *user_data) {
    static const char *const STATES[] = {"waiting", "rejected", "delivered", "unreadable"};
    (void)user_data;
    printf("%s is %s", report->id, STATES[report->state]);
    if (report->issue_id != NULL) printf(" as %s", report->issue_id);
    if (report->error_status != VW_OK) printf(" (%s: %s)", vw_status_name(report->error_status), report->error_message);
    printf("\n");
    return VW_CONTINUE;
}

static int keep(vw_deepdub_outbox *outbox) {
    vw_deepdub_issue_request report;
    char id[VW_OUTBOX_ID_SIZE];

    vw_deepdub_issue_request_init(&report);
    report.generation_id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    report.generated_text = "Hello world, welcome to Deepdub.";
    report.problem_word = "Deepdub";
    report.voice_prompt_id = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";
    if (vw_deepdub_outbox_add(outbox, &report, id) != VW_OK) return fail("keeping the report");
    printf("kept %s\n", id);
    return EXIT_SUCCESS;
}

/* Sends what waits: once and now, or, as a thread of the program's would do in the background, with patience. */
static int send_waiting(vw_deepdub_outbox *outbox, const vw_deepdub_config *config, int has_patience) {
    vw_deepdub_client *client = NULL;
    vw_deepdub_outbox_summary summary;
    vw_status status;

    if (vw_deepdub_client_new(config, &client) != VW_OK) return fail("outbox");
    vw_deepdub_outbox_summary_init(&summary);
    if (has_patience) status = vw_deepdub_outbox_deliver(outbox, client, 60000, on_report, NULL, NULL, &summary);
    else status = vw_deepdub_outbox_send(outbox, client, on_report, NULL, NULL, &summary);
    vw_deepdub_client_free(client);
    if (status != VW_OK) return fail("sending");
    printf("%d delivered, %d rejected, %d waiting\n", (int)summary.delivered, (int)summary.rejected,
           (int)summary.waiting);
    return EXIT_SUCCESS;
}

static int run(vw_deepdub_outbox *outbox, const vw_deepdub_config *config) {
    vw_deepdub_config offline = *config;
    int exit_code = keep(outbox);

    /* As in a tunnel: nobody listens at this address. */
    offline.rest_url = "http://127.0.0.1:9/api/v1";
    offline.retries = 0;
    if (exit_code == EXIT_SUCCESS) exit_code = send_waiting(outbox, &offline, 0);
    if (exit_code == EXIT_SUCCESS) exit_code = send_waiting(outbox, config, 1);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *key = getenv("DEEPDUB_API_KEY");
    int is_local = key == NULL || key[0] == '\0', exit_code;
    vw_deepdub_outbox *outbox = NULL;
    vw_deepdub_config config;
    local_sandbox sandbox;

    if (vw_deepdub_outbox_open(argc > 1 ? argv[1] : "reports", NULL, &outbox) != VW_OK) return fail("outbox");
    vw_deepdub_config_init(&config);
    if (is_local) {
        fprintf(stderr, "DEEPDUB_API_KEY is not set: the report goes to a local sandbox instead of the service\n");
        if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
        config.api_key = LOCAL_SANDBOX_KEY;
        config.rest_url = sandbox.rest_url;
        config.websocket_url = sandbox.websocket_url;
    }
    exit_code = run(outbox, &config);
    if (is_local) local_sandbox_stop(&sandbox);
    vw_deepdub_outbox_free(outbox);
    return exit_code;
}
