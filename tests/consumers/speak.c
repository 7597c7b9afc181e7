/* Says a line, from a program that knows voicewire as installed: told by the environment where the service is. */
#include "speak.h"

#include <voicewire.h>

#include <stdio.h>

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *bytes) {
    *(size_t *)bytes += chunk->size;
    return VW_CONTINUE;
}

size_t speak(const char *text) {
    vw_deepdub_client *client = NULL;
    vw_deepdub_tts_request request;
    size_t bytes = 0;

    vw_deepdub_tts_request_init(&request);
    request.text = text;
    request.voice_prompt_id = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";
    request.format = VW_FORMAT_MP3;
    vw_status status = vw_deepdub_client_new(NULL, &client);
    if (status == VW_OK) status = vw_deepdub_stream_tts(client, &request, on_chunk, &bytes, NULL);
    if (status != VW_OK) fprintf(stderr, "%s\n", vw_last_error()->description);
    vw_deepdub_client_free(client);
    return status == VW_OK ? bytes : 0;
}
