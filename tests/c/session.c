/* Sessions from C: lines at once, cancelled, paused, polled; handles that go inside callbacks; ends that come once. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define SLOW "fault:chunk-delay=30"
/* Is not over before a thread that is late has come to what it is to be interrupted by. */
#define SLOWER "fault:chunk-delay=100"
#define SLOWEST "fault:chunk-delay=500"
#define TEXT "The quick brown fox jumps over the lazy dog, and then it sleeps."
#define LONG 60000 /* ms */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t main_thread;
static int ended = 0; /* lines, since the test began */

/* What a callback does besides counting. */
typedef enum deed { NOTHING, STOP, PAUSE, PAUSE_RESUMED, CANCEL, FREE_LINE, FREE_SESSION, FREE_CLIENT } deed;

/* A line's user_data. */
typedef struct told {
    vw_deepdub_client *client;
    vw_deepdub_session *session;
    vw_deepdub_line *line;
    vw_delivery delivery;
    deed at_chunk, at_end;
    uint64_t chunk; /* at which at_chunk is done: its number, from 1 */
    /* Under the lock: */
    uint64_t chunks, bytes;
    int finals, ends, rank, forbidden;
    vw_status status;
    vw_deepdub_tts_result result;
    char field[64], vendor_type[64];
} told;

static void sleep_ms(long ms) {
    struct timespec time;
    time.tv_sec = ms / 1000;
    time.tv_nsec = ms % 1000 * 1000000;
    nanosleep(&time, NULL);
}

static void check_thread(const told *told) {
    if (told->delivery == VW_DELIVERY_POLL) CHECK(pthread_equal(pthread_self(), main_thread));
    else CHECK(!pthread_equal(pthread_self(), main_thread));
}

static int32_t act(told *told, deed deed) {
    switch (deed) {
    case NOTHING: break;
    case STOP: return VW_STOP;
    case PAUSE_RESUMED: CHECK_STATUS(vw_deepdub_line_resume(told->line), VW_OK); return VW_PAUSE;
    case PAUSE: return VW_PAUSE;
    case CANCEL: CHECK_STATUS(vw_deepdub_line_cancel(told->line), VW_OK); break;
    case FREE_LINE: CHECK_STATUS(vw_deepdub_line_free(told->line), VW_OK); break;
    case FREE_SESSION: CHECK_STATUS(vw_deepdub_session_free(told->session), VW_OK); break;
    case FREE_CLIENT: CHECK_STATUS(vw_deepdub_client_free(told->client), VW_OK); break;
    }
    return VW_CONTINUE;
}

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    told *told = user_data;
    int now;
    check_thread(told);
    CHECK(told->line != NULL); /* set before the first callback */
    CHECK(chunk->struct_size == sizeof *chunk && strlen(chunk->generation_id) == 36);
    pthread_mutex_lock(&lock);
    CHECK(told->ends == 0 && !told->forbidden);
    CHECK(chunk->index == told->chunks);
    now = ++told->chunks == told->chunk;
    told->bytes += chunk->size;
    told->finals += chunk->is_final;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return now ? act(told, told->at_chunk) : VW_CONTINUE;
}

static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    told *told = user_data;
    deed at_end = told->at_end;
    check_thread(told);
    CHECK(end->struct_size == sizeof *end && end->result != NULL);
    CHECK(end->result->struct_size == sizeof *end->result && strlen(end->result->generation_id) == 36);
    CHECK((end->status == VW_OK) == (end->error == NULL));
    if (end->error != NULL) {
        CHECK(end->error->status == end->status && end->error->description[0] != '\0');
        CHECK(strcmp(end->error->generation_id, end->result->generation_id) == 0);
    }
    act(told, at_end);
    pthread_mutex_lock(&lock);
    CHECK(told->ends == 0);
    told->ends++;
    told->rank = ++ended;
    told->status = end->status;
    told->result = *end->result;
    if (end->error != NULL && end->error->field != NULL) {
        snprintf(told->field, sizeof told->field, "%s", end->error->field);
    }
    if (end->error != NULL && end->error->vendor_type != NULL) {
        snprintf(told->vendor_type, sizeof told->vendor_type, "%s", end->error->vendor_type);
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static vw_deepdub_client *new_client(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    return client;
}

static vw_deepdub_session *open_session(vw_deepdub_client *client, vw_delivery delivery, uint32_t max_running) {
    vw_deepdub_session_options options;
    vw_deepdub_session *session = NULL;
    CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);
    options.delivery = delivery;
    options.max_running = max_running;
    CHECK_STATUS(vw_deepdub_session_open(client, &options, &session), VW_OK);
    return session;
}

static vw_deepdub_tts_request request_for(const char *voice) {
    vw_deepdub_tts_request request;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = TEXT;
    request.voice_prompt_id = voice;
    request.format = VW_FORMAT_S16LE;
    request.sample_rate = 16000;
    request.seed = 7;
    return request;
}

static vw_deepdub_line_options options_for(told *told) {
    vw_deepdub_line_options options;
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = told;
    return options;
}

static told fresh(vw_deepdub_client *client, vw_deepdub_session *session, vw_delivery delivery) {
    told told;
    memset(&told, 0, sizeof told);
    told.client = client;
    told.session = session;
    told.delivery = delivery;
    return told;
}

static void speak(told *told, const char *voice) {
    vw_deepdub_tts_request request = request_for(voice);
    vw_deepdub_line_options options = options_for(told);
    CHECK_STATUS(vw_deepdub_session_speak(told->session, &request, &options, &told->line), VW_OK);
}

/* Lets callbacks come until there have been so many chunks and ends. */
static void await(told *told, uint64_t chunks, int ends) {
    for (;;) {
        struct timespec time;
        int there;
        pthread_mutex_lock(&lock);
        clock_gettime(CLOCK_REALTIME, &time);
        time.tv_sec += LONG / 1000;
        while (told->delivery == VW_DELIVERY_IO_THREAD && (told->chunks < chunks || told->ends < ends)) {
            CHECK(pthread_cond_timedwait(&changed, &lock, &time) == 0);
        }
        there = told->chunks >= chunks && told->ends >= ends;
        pthread_mutex_unlock(&lock);
        if (there) return;
        CHECK_STATUS(vw_session_poll(told->session, LONG), VW_OK);
    }
}

static void await_end(told *told, vw_status status) {
    await(told, 0, 1);
    pthread_mutex_lock(&lock);
    CHECK(told->ends == 1);
    if (told->status != status) fprintf(stderr, "%s\n", vw_status_name(told->status));
    CHECK(told->status == status);
    pthread_mutex_unlock(&lock);
}

static int32_t add_bytes(const vw_deepdub_chunk *chunk, void *user_data) {
    *(uint64_t *)user_data += chunk->size;
    return VW_CONTINUE;
}

/* A session's user_data. */
typedef struct states {
    vw_delivery delivery;
    int changes, connecting, ready, lost, closed;
    double retry_in_ms;
    vw_status status;
} states;

static void on_state(const vw_session_state_change *change, void *user_data) {
    states *states = user_data;
    CHECK(change->struct_size == sizeof *change);
    if (states->delivery == VW_DELIVERY_POLL) CHECK(pthread_equal(pthread_self(), main_thread));
    pthread_mutex_lock(&lock);
    CHECK(!states->closed);
    states->changes++;
    states->connecting += change->state == VW_SESSION_CONNECTING;
    states->ready += change->state == VW_SESSION_READY;
    states->lost += change->state == VW_SESSION_LOST;
    states->closed += change->state == VW_SESSION_CLOSED;
    CHECK((change->state == VW_SESSION_LOST) == (change->error != NULL));
    if (change->error != NULL) {
        states->status = change->error->status;
        states->retry_in_ms = change->retry_in_ms;
    } else {
        CHECK(change->retry_in_ms < 0);
    }
    pthread_mutex_unlock(&lock);
}

static void speaks_several_lines_at_once(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session_options options;
    vw_deepdub_session *session = NULL;
    vw_deepdub_tts_request request = request_for(VOICE);
    vw_deepdub_tts_result result;
    vw_session_state state = -7;
    states states;
    told lines[3];
    uint64_t bytes = 0;
    int32_t is_ended = -7;
    int i;
    memset(&states, 0, sizeof states);
    states.delivery = delivery;
    CHECK_STATUS(vw_deepdub_stream_tts(client, &request, add_bytes, &bytes, NULL), VW_OK);
    CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);
    options.delivery = delivery;
    options.on_state = on_state;
    options.user_data = &states;
    CHECK_STATUS(vw_deepdub_session_open(client, &options, &session), VW_OK);
    CHECK_STATUS(vw_session_wait_ready(session, LONG), VW_OK);
    CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
    CHECK(state == VW_SESSION_READY);
    if (delivery == VW_DELIVERY_POLL) CHECK(states.changes == 0);
    else CHECK_REFUSED(vw_session_poll(session, 0), "session");
    for (i = 0; i < 3; i++) {
        lines[i] = fresh(client, session, delivery);
        speak(&lines[i], VOICE);
    }
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    for (i = 0; i < 3; i++) {
        told *told = &lines[i];
        await_end(told, VW_OK);
        CHECK(told->bytes == bytes && told->finals == 1);
        CHECK(told->result.chunks == told->chunks && told->result.bytes == told->bytes);
        CHECK(told->result.queued_ms >= 0 && told->result.longest_gap_ms >= 0 && told->result.retries == 0);
        CHECK(told->result.first_chunk_ms > 0 && told->result.total_ms >= told->result.first_chunk_ms);
        CHECK_STATUS(vw_deepdub_line_is_ended(told->line, &is_ended), VW_OK);
        CHECK(is_ended == 1);
        CHECK_STATUS(vw_deepdub_line_get_result(told->line, &result), VW_OK);
        CHECK(memcmp(&result, &told->result, sizeof result) == 0);
        CHECK_STATUS(vw_deepdub_line_free(told->line), VW_OK);
    }
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK(states.connecting == 1 && states.ready == 1 && states.lost == 0 && states.closed == 1);
}

/* A caller built when vw_deepdub_tts_result was smaller. */
static void older_results_are_filled_as_far_as_they_go(vw_deepdub_client *client) {
    vw_deepdub_session *session = open_session(client, VW_DELIVERY_IO_THREAD, 5);
    told told = fresh(client, session, VW_DELIVERY_IO_THREAD);
    vw_deepdub_tts_result result;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    result.struct_size = offsetof(vw_deepdub_tts_result, queued_ms);
    result.queued_ms = result.longest_gap_ms = -5;
    result.retries = 5;
    speak(&told, VOICE);
    await_end(&told, VW_OK);
    CHECK_STATUS(vw_deepdub_line_get_result(told.line, &result), VW_OK);
    CHECK(result.total_ms == told.result.total_ms && result.bytes == told.bytes);
    CHECK(result.queued_ms == -5 && result.longest_gap_ms == -5 && result.retries == 5);
    CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void a_line_at_the_front_comes_before_those_that_wait(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 1);
    told first = fresh(client, session, delivery), second = first, front = first;
    vw_deepdub_tts_request request = request_for(VOICE);
    vw_deepdub_line_options options = options_for(&front);
    speak(&first, SLOWER);
    await(&first, 1, 0);
    speak(&second, VOICE);
    options.front = VW_ON;
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &front.line), VW_OK);
    await_end(&second, VW_OK);
    await_end(&front, VW_OK);
    await_end(&first, VW_OK);
    CHECK(first.rank < front.rank && front.rank < second.rank);
    CHECK(front.result.queued_ms > 0 && second.result.queued_ms >= front.result.queued_ms);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    /* The handles of lines outlive it. */
    CHECK_STATUS(vw_deepdub_line_cancel(first.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(first.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(second.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(front.line), VW_OK);
}

static void *cancel_line(void *line) {
    CHECK_STATUS(vw_deepdub_line_cancel(line), VW_OK);
    return NULL;
}

static void lines_are_cancelled_from_anywhere(vw_deepdub_client *client, vw_delivery delivery) {
    const deed deeds[] = {CANCEL, STOP};
    vw_deepdub_session *session = open_session(client, delivery, 5);
    int i;
    for (i = 0; i < 6; i++) {
        pthread_t thread;
        told told = fresh(client, session, delivery);
        if (i < 2) {
            told.at_chunk = deeds[i];
            told.chunk = 2;
            speak(&told, SLOWEST);
            await_end(&told, VW_ERR_CANCELLED);
            /* What has arrived may be more. */
            CHECK(told.chunks == 2 && told.result.chunks >= 2);
        } else {
            speak(&told, SLOWEST);
            await(&told, (uint64_t)i / 2, 0);
            if (i % 2 == 0) {
                CHECK(pthread_create(&thread, NULL, cancel_line, told.line) == 0);
                CHECK(pthread_join(thread, NULL) == 0);
            } else {
                CHECK_STATUS(vw_deepdub_line_cancel(told.line), VW_OK);
            }
            pthread_mutex_lock(&lock);
            told.forbidden = 1;
            pthread_mutex_unlock(&lock);
            await_end(&told, VW_ERR_CANCELLED);
        }
        CHECK_STATUS(vw_deepdub_line_cancel(told.line), VW_OK);
        CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
    }
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void a_token_cancels_all_lines_that_have_it(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 1);
    vw_deepdub_tts_request request = request_for(SLOWEST);
    told lines[3];
    vw_cancel *cancel = NULL;
    int i;
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    request.cancel = cancel;
    for (i = 0; i < 3; i++) {
        vw_deepdub_line_options options = options_for(&lines[i]);
        lines[i] = fresh(client, session, delivery);
        if (i == 2) {
            /* One speaks, one waits, and one comes too late. */
            await(&lines[0], 1, 0);
            CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
        }
        CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &lines[i].line), VW_OK);
    }
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    for (i = 0; i < 3; i++) {
        await_end(&lines[i], VW_ERR_CANCELLED);
        CHECK(i == 0 || lines[i].chunks == 0);
        CHECK_STATUS(vw_deepdub_line_free(lines[i].line), VW_OK);
    }
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void a_paused_line_goes_on_when_it_is_resumed(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 5);
    told whole = fresh(client, session, delivery), paused = whole, hasty = whole, given_up = whole;
    speak(&whole, VOICE);
    await_end(&whole, VW_OK);
    paused.at_chunk = given_up.at_chunk = PAUSE;
    hasty.at_chunk = PAUSE_RESUMED;
    paused.chunk = hasty.chunk = given_up.chunk = 2;
    speak(&paused, VOICE);
    speak(&given_up, VOICE);
    await(&paused, 2, 0);
    await(&given_up, 2, 0);
    sleep_ms(100);
    if (delivery == VW_DELIVERY_POLL) CHECK_STATUS(vw_session_poll(session, 0), VW_OK);
    pthread_mutex_lock(&lock);
    CHECK(paused.chunks == 2 && paused.ends == 0 && given_up.chunks == 2 && given_up.ends == 0);
    pthread_mutex_unlock(&lock);
    CHECK_STATUS(vw_deepdub_line_resume(paused.line), VW_OK);
    await_end(&paused, VW_OK);
    CHECK(paused.bytes == whole.bytes);
    CHECK_STATUS(vw_deepdub_line_cancel(given_up.line), VW_OK);
    await_end(&given_up, VW_ERR_CANCELLED);
    CHECK(given_up.chunks == 2);
    /* Resumed before the callback has even said that it wants the pause. */
    speak(&hasty, VOICE);
    await_end(&hasty, VW_OK);
    CHECK(hasty.bytes == whole.bytes);
    CHECK_STATUS(vw_deepdub_line_free(whole.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(paused.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(hasty.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(given_up.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void a_consumer_that_is_too_slow_loses_the_line_and_nothing_before(vw_deepdub_client *client) {
    vw_deepdub_session *session = open_session(client, VW_DELIVERY_POLL, 5);
    told told = fresh(client, session, VW_DELIVERY_POLL);
    vw_deepdub_tts_request request = request_for(VOICE);
    vw_deepdub_line_options options = options_for(&told);
    int32_t is_ended = 0;
    options.max_buffered_bytes = 15000; /* two chunks of 6400 bytes */
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &told.line), VW_OK);
    while (!is_ended) {
        sleep_ms(5);
        CHECK_STATUS(vw_deepdub_line_is_ended(told.line, &is_ended), VW_OK);
    }
    CHECK(told.chunks == 0);
    await_end(&told, VW_ERR_BUFFER_FULL);
    CHECK(strcmp(told.field, "max_buffered_bytes") == 0);
    CHECK(told.chunks == 2 && told.bytes <= 15000 && told.finals == 0);
    CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void handles_may_go_in_callbacks(vw_delivery delivery) {
    const deed deeds[] = {FREE_LINE, FREE_SESSION, FREE_CLIENT};
    int i;
    for (i = 0; i < 6; i++) {
        deed deed = deeds[i % 3];
        vw_deepdub_client *client = new_client();
        vw_deepdub_session *session = open_session(client, delivery, 1);
        told told = fresh(client, session, delivery), other = told;
        vw_status whole = i < 3 && deed != FREE_LINE ? VW_ERR_CANCELLED : VW_OK;
        if (i < 3) told.at_chunk = deed;
        else told.at_end = deed;
        told.chunk = 1;
        speak(&told, i >= 3 ? VOICE : deed == FREE_LINE ? SLOW : SLOWEST);
        speak(&other, deed == FREE_LINE ? SLOW : SLOWEST);
        await_end(&told, whole);
        if (deed == FREE_SESSION) {
            /* What is left has nobody who would poll for it. */
            if (delivery == VW_DELIVERY_IO_THREAD) await(&other, 0, 1);
            CHECK_REFUSED(vw_session_poll(session, 0), "vw_deepdub_session");
        } else {
            await(&other, 0, 1);
            CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
        }
        CHECK(other.ends == 1 && other.status == (deed == FREE_LINE ? VW_OK : VW_ERR_CANCELLED));
        if (deed == FREE_LINE) CHECK_REFUSED(vw_deepdub_line_cancel(told.line), "vw_deepdub_line");
        else CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
        CHECK_STATUS(vw_deepdub_line_free(other.line), VW_OK);
        if (deed == FREE_CLIENT) CHECK_REFUSED(vw_deepdub_client_free(client), "vw_deepdub_client");
        else CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    }
}

static void a_freed_session_has_ended_all_its_lines(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 3);
    told lines[8];
    int i;
    for (i = 0; i < 8; i++) {
        lines[i] = fresh(client, session, delivery);
        speak(&lines[i], SLOWEST);
    }
    await(&lines[0], 2, 0);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    for (i = 0; i < 8; i++) {
        CHECK(lines[i].ends == 1 && lines[i].status == VW_ERR_CANCELLED);
        CHECK_STATUS(vw_deepdub_line_free(lines[i].line), VW_OK);
    }
    CHECK_REFUSED(vw_deepdub_session_free(session), "vw_deepdub_session");
}

static struct pollfd readable(vw_deepdub_session *session) {
    struct pollfd waited_for;
    intptr_t handle = -1;
    CHECK_STATUS(vw_session_poll_handle(session, &handle), VW_OK);
    memset(&waited_for, 0, sizeof waited_for);
    waited_for.fd = (int)handle;
    waited_for.events = POLLIN;
    return waited_for;
}

/* Also one that only asks now what to wait for. */
static void an_event_loop_learns_of_it(vw_deepdub_session *session) {
    struct pollfd waited_for = readable(session);
    CHECK(poll(&waited_for, 1, LONG) == 1);
}

static void a_freed_client_leaves_sessions_that_are_closed(vw_delivery delivery) {
    vw_deepdub_client *client = new_client();
    vw_deepdub_session *session = open_session(client, delivery, 3), *late = NULL;
    vw_session_state state = -7;
    told lines[5], refused = fresh(client, session, delivery);
    vw_deepdub_tts_request request = request_for(VOICE);
    vw_deepdub_line_options options = options_for(&refused);
    int i;
    for (i = 0; i < 5; i++) {
        lines[i] = fresh(client, session, delivery);
        speak(&lines[i], SLOWEST);
    }
    await(&lines[0], 1, 0);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    for (i = 0; i < 5; i++) {
        if (delivery == VW_DELIVERY_IO_THREAD) CHECK(lines[i].ends == 1);
        await_end(&lines[i], VW_ERR_CANCELLED);
        CHECK_STATUS(vw_deepdub_line_resume(lines[i].line), VW_OK);
        CHECK_STATUS(vw_deepdub_line_free(lines[i].line), VW_OK);
    }
    if (delivery == VW_DELIVERY_POLL) {
        vw_status status = vw_session_poll(session, 0);
        CHECK(status == VW_OK || status == VW_ERR_CLOSED);
        CHECK_STATUS(vw_session_poll(session, VW_NO_TIMEOUT), VW_ERR_CLOSED);
        an_event_loop_learns_of_it(session);
    }
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &refused.line), VW_ERR_CLOSED);
    CHECK(refused.line == NULL && refused.ends == 0);
    CHECK_STATUS(vw_session_wait_ready(session, VW_NO_TIMEOUT), VW_ERR_CLOSED);
    CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
    CHECK(state == VW_SESSION_CLOSED);
    CHECK_REFUSED(vw_deepdub_session_open(client, NULL, &late), "vw_deepdub_client");
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void an_event_loop_is_woken(vw_deepdub_client *client) {
    vw_deepdub_session *session = open_session(client, VW_DELIVERY_POLL, 5);
    told told = fresh(client, session, VW_DELIVERY_POLL);
    struct pollfd waited_for = readable(session);
    CHECK_STATUS(vw_session_wait_ready(session, LONG), VW_OK);
    do {
        CHECK_STATUS(vw_session_poll(session, 0), VW_OK);
    } while (poll(&waited_for, 1, 50) > 0);
    speak(&told, SLOW);
    while (told.ends == 0) {
        CHECK(poll(&waited_for, 1, LONG) == 1);
        CHECK_STATUS(vw_session_poll(session, 0), VW_OK);
    }
    CHECK(told.status == VW_OK && told.finals == 1);
    CHECK(poll(&waited_for, 1, 50) == 0);
    CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static void a_line_that_fails_leaves_the_others_alone(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 5);
    told good = fresh(client, session, delivery), bad = good, twin = good;
    vw_deepdub_tts_request request = request_for(SLOWER);
    vw_deepdub_line_options options = options_for(&good);
    request.generation_id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, &good.line), VW_OK);
    speak(&bad, "fault:error=InsufficientCredits,after=1");
    options = options_for(&twin);
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &options, &twin.line), "generationId");
    request.text = "";
    CHECK_REFUSED(vw_deepdub_session_speak(session, &request, &options, &twin.line), "targetText");
    await_end(&bad, VW_ERR_INSUFFICIENT_CREDITS);
    CHECK(bad.chunks == 1 && strcmp(bad.vendor_type, "InsufficientCredits") == 0);
    await_end(&good, VW_OK);
    CHECK(strcmp(good.result.generation_id, request.generation_id) == 0);
    CHECK(twin.line == NULL && twin.ends == 0);
    CHECK_STATUS(vw_deepdub_line_free(good.line), VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(bad.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

static int32_t count_only(const vw_deepdub_chunk *chunk, void *user_data) {
    pthread_mutex_lock(&lock);
    *(int *)user_data += chunk->is_final;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return VW_CONTINUE;
}

/* No handle, and nobody who gets the end. */
static void a_line_may_be_fired_and_forgotten(vw_deepdub_client *client) {
    vw_deepdub_session *session = NULL;
    vw_deepdub_tts_request request = request_for(VOICE);
    vw_deepdub_line_options options;
    int finals = 0;
    CHECK_STATUS(vw_deepdub_session_open(client, NULL, &session), VW_OK);
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.on_chunk = count_only;
    options.user_data = &finals;
    CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, NULL), VW_OK);
    pthread_mutex_lock(&lock);
    while (finals == 0) CHECK(pthread_cond_wait(&changed, &lock) == 0);
    pthread_mutex_unlock(&lock);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
    CHECK(finals == 1);
}

static void a_session_tells_why_there_is_no_connection(vw_delivery delivery) {
    const char *keys[] = {NULL, "dd-not-one-that-is-accepted"};
    int i;
    for (i = 0; i < 2; i++) {
        vw_deepdub_config config = sandbox_config();
        vw_deepdub_session_options options;
        vw_deepdub_session *session = NULL;
        vw_deepdub_client *client = NULL;
        vw_session_state state = -7;
        states states;
        memset(&states, 0, sizeof states);
        states.delivery = delivery;
        if (keys[i] == NULL) config.websocket_url = "ws://127.0.0.1:1/open"; /* where nobody listens */
        else config.api_key = keys[i];
        CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
        CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);
        options.delivery = delivery;
        options.on_state = on_state;
        options.user_data = &states;
        CHECK_STATUS(vw_deepdub_session_open(client, &options, &session), VW_OK);
        if (i == 0) {
            CHECK_STATUS(vw_session_wait_ready(session, 300), VW_ERR_TIMEOUT);
            CHECK(strcmp(vw_last_error()->field, "timeout_ms") == 0);
            /* However late its thread is. */
            while (state != VW_SESSION_LOST) {
                sleep_ms(1);
                CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
            }
        } else {
            CHECK_STATUS(vw_session_wait_ready(session, VW_NO_TIMEOUT), VW_ERR_UNAUTHORIZED);
            CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
            CHECK(state == VW_SESSION_LOST);
        }
        CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
        CHECK(states.lost >= 1 && states.ready == 0 && states.closed == 1);
        CHECK(states.status == (i == 0 ? VW_ERR_NETWORK : VW_ERR_UNAUTHORIZED));
        CHECK((states.retry_in_ms >= 0) == (i == 0));
        CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    }
}

/* The other side of a fork has handles, and no thread. */
static void a_forked_process_finds_its_sessions_closed(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_session *session = open_session(client, delivery, 5);
    told told = fresh(client, session, delivery);
    pid_t child;
    int how = 0;
    speak(&told, SLOW);
    await(&told, 1, 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        vw_deepdub_tts_request request = request_for(VOICE);
        vw_deepdub_line_options options = options_for(&told);
        vw_deepdub_tts_result result;
        vw_session_state state = -7;
        intptr_t handle = 0;
        int32_t is_ended = 0;
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        CHECK_STATUS(vw_session_poll(session, VW_NO_TIMEOUT), VW_ERR_CLOSED);
        CHECK_STATUS(vw_session_poll_handle(session, &handle), VW_ERR_CLOSED);
        CHECK_STATUS(vw_session_wait_ready(session, VW_NO_TIMEOUT), VW_ERR_CLOSED);
        CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
        CHECK(state == VW_SESSION_CLOSED);
        CHECK_STATUS(vw_deepdub_session_speak(session, &request, &options, NULL), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_line_cancel(told.line), VW_OK);
        CHECK_STATUS(vw_deepdub_line_resume(told.line), VW_OK);
        CHECK_STATUS(vw_deepdub_line_is_ended(told.line, &is_ended), VW_OK);
        CHECK(is_ended == 1);
        CHECK_STATUS(vw_deepdub_line_get_result(told.line, &result), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
        CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
        /* One of its own, and its thread, are no business of the parent's. */
        session = open_session(client, delivery, 5);
        CHECK_STATUS(vw_session_wait_ready(session, LONG), VW_OK);
        CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
        CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
        /* At once: what the thread that is not here had is not this process's to free. */
        raise(SIGKILL);
    }
    CHECK(waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    await_end(&told, VW_OK);
    CHECK_STATUS(vw_deepdub_line_free(told.line), VW_OK);
    CHECK_STATUS(vw_deepdub_session_free(session), VW_OK);
}

/* A thread that is ending still has memory. */
static void await_threads(void) {
    int left = LONG;
    for (; left > 0; left -= 10) {
        char line[256];
        int count = 1;
        FILE *status = fopen("/proc/self/status", "r");
        if (status == NULL) return;
        while (fgets(line, sizeof line, status) != NULL) {
            if (strncmp(line, "Threads:", 8) == 0) count = atoi(line + 8);
        }
        fclose(status);
        if (count == 1) return;
        sleep_ms(10);
    }
    CHECK(!"all threads end");
}

int main(void) {
    const vw_delivery deliveries[] = {VW_DELIVERY_IO_THREAD, VW_DELIVERY_POLL};
    vw_deepdub_client *client = new_client();
    int i;
    main_thread = pthread_self();
    for (i = 0; i < 2; i++) {
        vw_delivery delivery = deliveries[i];
        speaks_several_lines_at_once(client, delivery);
        a_line_at_the_front_comes_before_those_that_wait(client, delivery);
        lines_are_cancelled_from_anywhere(client, delivery);
        a_token_cancels_all_lines_that_have_it(client, delivery);
        a_paused_line_goes_on_when_it_is_resumed(client, delivery);
        a_line_that_fails_leaves_the_others_alone(client, delivery);
        a_freed_session_has_ended_all_its_lines(client, delivery);
        a_freed_client_leaves_sessions_that_are_closed(delivery);
        handles_may_go_in_callbacks(delivery);
        a_session_tells_why_there_is_no_connection(delivery);
        a_forked_process_finds_its_sessions_closed(client, delivery);
    }
    older_results_are_filled_as_far_as_they_go(client);
    a_consumer_that_is_too_slow_loses_the_line_and_nothing_before(client);
    an_event_loop_is_woken(client);
    a_line_may_be_fired_and_forgotten(client);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    await_threads();
    printf("%d checks\n", checks);
    return 0;
}
