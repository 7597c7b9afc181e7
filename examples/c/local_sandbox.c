#if !defined(_WIN32)
#define _POSIX_C_SOURCE 200809L
#endif
#include "local_sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)

int local_sandbox_start(local_sandbox *sandbox, const char *argv0) {
    (void)sandbox;
    (void)argv0;
    fprintf(stderr, "start voicewire-sandbox yourself and set DEEPDUB_API_KEY, DEEPDUB_BASE_URL (its URL and /api/v1), "
                    "DEEPDUB_BASE_WEBSOCKET_URL (ws:// and /open) and DEEPDUB_BASE_WEBSOCKET_STREAMING_URL (ws:// and /ws)\n");
    return -1;
}

void local_sandbox_stop(local_sandbox *sandbox) { (void)sandbox; }

#else

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(const char *argv0) {
    const char *named = getenv("VOICEWIRE_SANDBOX");
    const char *slash = strrchr(argv0, '/');
    char beside[4096];
    char *arguments[] = {"voicewire-sandbox", "--port", "0", "--until-stdin-closes", NULL};
    if (named != NULL) {
        execv(named, arguments);
        return;
    }
    if (slash != NULL && (size_t)(slash - argv0) < sizeof beside - 32) {
        snprintf(beside, sizeof beside, "%.*s/voicewire-sandbox", (int)(slash - argv0), argv0);
        execv(beside, arguments);
    }
    execvp(arguments[0], arguments);
}

int local_sandbox_start(local_sandbox *sandbox, const char *argv0) {
    int in[2], out[2];
    char url[48] = "";
    FILE *answer;
    pid_t child;

    if (pipe(in) != 0) {
        perror("pipe");
        return -1;
    }
    if (pipe(out) != 0) {
        perror("pipe");
        close(in[0]);
        close(in[1]);
        return -1;
    }
    child = fork();
    if (child == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[0]);
        close(in[1]);
        close(out[0]);
        close(out[1]);
        run(argv0);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    sandbox->process = child;
    sandbox->standard_input = in[1];

    /* Its first line is its URL: http://127.0.0.1:PORT */
    answer = child > 0 ? fdopen(out[0], "r") : NULL;
    if (answer == NULL || fgets(url, sizeof url, answer) == NULL || strncmp(url, "http://", 7) != 0) {
        fprintf(stderr, "the program voicewire-sandbox could not be started: build it with \"cargo build -p "
                        "voicewire-sandbox\", and name it with VOICEWIRE_SANDBOX\n");
        if (answer != NULL) fclose(answer);
        else close(out[0]);
        local_sandbox_stop(sandbox);
        return -1;
    }
    fclose(answer);
    url[strcspn(url, "\r\n")] = '\0';
    snprintf(sandbox->base_url, sizeof sandbox->base_url, "%.47s", url);
    snprintf(sandbox->rest_url, sizeof sandbox->rest_url, "%.47s/api/v1", url);
    snprintf(sandbox->websocket_url, sizeof sandbox->websocket_url, "ws://%.40s/open", url + 7);
    snprintf(sandbox->streaming_url, sizeof sandbox->streaming_url, "ws://%.40s/ws", url + 7);
    return 0;
}

void local_sandbox_stop(local_sandbox *sandbox) {
    close(sandbox->standard_input);
    if (sandbox->process > 0) waitpid((pid_t)sandbox->process, NULL, 0);
}

#endif
