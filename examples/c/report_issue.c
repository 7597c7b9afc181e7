/* Reports a generation that came out wrong, and follows the report: filed, read, changed, withdrawn.
 *
 *     build/report_issue GENERATION_ID TEXT WORD [CLIP]
 *
 * GENERATION_ID is what say printed, TEXT what it was given, WORD the word that sounds wrong, CLIP a file with the audio.
 * With no arguments it makes up a report. With DEEPDUB_API_KEY set it goes to the service, without it to a local sandbox.
 */
#include "local_sandbox.h"

#include <voicewire.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

static void show(const char *what, const vw_deepdub_issue *issue) {
    printf("%s %s: \"%s\" is %s", what, issue->id, issue->problem_word ? issue->problem_word : "?",
           issue->state ? issue->state : "in an unknown state");
    if (!isnan(issue->problem_seconds)) printf(", at %.2f s", issue->problem_seconds);
    if (issue->additional_comments != NULL) printf(" (%s)", issue->additional_comments);
    printf("\n");
}

static int report(vw_deepdub_client *client, const vw_deepdub_issue_request *request) {
    vw_deepdub_issue *filed = NULL, *seen = NULL, *changed = NULL;
    vw_deepdub_issue_request changes;
    int exit_code = EXIT_SUCCESS;

    if (vw_deepdub_create_issue(client, request, &filed) != VW_OK) return fail("filing the report");
    show("filed", filed);

    vw_deepdub_issue_request_init(&changes);
    changes.additional_comments = "It is the second syllable.";
    if (vw_deepdub_get_issue(client, filed->id, NULL, &seen) != VW_OK) exit_code = fail("reading the report");
    else if (show("read", seen), vw_deepdub_update_issue(client, filed->id, &changes, &changed) != VW_OK)
        exit_code = fail("changing the report");
    else if (show("changed", changed), vw_deepdub_delete_issue(client, filed->id, NULL) != VW_OK)
        exit_code = fail("withdrawing the report");
    else printf("withdrawn %s\n", filed->id);

    vw_deepdub_issue_free(changed);
    vw_deepdub_issue_free(seen);
    vw_deepdub_issue_free(filed);
    return exit_code;
}

static int run(const vw_deepdub_config *config, int argc, char **argv) {
    vw_deepdub_client *client = NULL;
    vw_deepdub_issue_request request;
    int exit_code;

    vw_deepdub_issue_request_init(&request);
    request.generation_id = argc > 1 ? argv[1] : "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    request.generated_text = argc > 2 ? argv[2] : "Hello world, welcome to Deepdub.";
    request.problem_word = argc > 3 ? argv[3] : "Deepdub";
    request.voice_prompt_id = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";
    request.problem_seconds = 1.5;
    if (argc > 4) request.problem_audio_path = argv[4];

    if (vw_deepdub_client_new(config, &client) != VW_OK) return fail("report_issue");
    exit_code = report(client, &request);
    vw_deepdub_client_free(client);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *key = getenv("DEEPDUB_API_KEY");
    vw_deepdub_config config;
    local_sandbox sandbox;
    int exit_code;

    if (argc != 1 && argc != 4 && argc != 5) {
        fprintf(stderr, "usage: %s [GENERATION_ID TEXT WORD [CLIP]]\n", argv[0]);
        return 2;
    }
    vw_deepdub_config_init(&config);
    if (key != NULL && key[0] != '\0') return run(&config, argc, argv);

    fprintf(stderr, "DEEPDUB_API_KEY is not set: the report goes to a local sandbox instead of the service\n");
    if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
    config.api_key = LOCAL_SANDBOX_KEY;
    config.rest_url = sandbox.rest_url;
    config.websocket_url = sandbox.websocket_url;
    exit_code = run(&config, argc, argv);
    local_sandbox_stop(&sandbox);
    return exit_code;
}
