/* Text streamed in from C: turns in pieces, tags, barge-in, writes that may not wait, handles that go at any time. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
#define OTHER "another \"voice\" & more"
#define SLOW "fault:chunk-delay=30"
#define STORY "A long story. It goes on and on. And on it goes."
#define LONG 60000 /* ms */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t main_thread;

/* What a callback does besides counting. */
typedef enum deed { NOTHING, STOP, PAUSE, CANCEL, WRITE, FREE_TURN, FREE_SESSION, FREE_CLIENT } deed;

/* A turn's user_data. */
typedef struct told {
    vw_deepdub_client *client;
    vw_deepdub_text_session *session;
    vw_deepdub_turn *turn;
    vw_delivery delivery;
    deed at_chunk, at_end; /* at_chunk: at the first one */
    /* Under the lock: */
    uint64_t chunks, bytes, sum;
    int finals, ends, forbidden;
    vw_status status;
    vw_deepdub_tts_result result;
} told;

static void sleep_ms(long ms) {
    struct timespec time;
    time.tv_sec = ms / 1000;
    time.tv_nsec = ms % 1000 * 1000000;
    nanosleep(&time, NULL);
}

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1000000;
}

static void check_thread(const told *told) {
    if (told->delivery == VW_DELIVERY_POLL) CHECK(pthread_equal(pthread_self(), main_thread));
    else CHECK(!pthread_equal(pthread_self(), main_thread));
}

static int32_t act(told *told, deed deed) {
    char text[512];
    vw_status status;
    double ms;
    switch (deed) {
    case NOTHING: break;
    case STOP: return VW_STOP;
    case PAUSE: return VW_PAUSE;
    case CANCEL: CHECK_STATUS(vw_deepdub_turn_cancel(told->turn), VW_OK); break;
    case WRITE:
        /* Nothing waits in here, whatever it is allowed to. */
        CHECK_REFUSED(vw_deepdub_text_session_ping(told->session, VW_NO_TIMEOUT, &ms), "session");
        memset(text, ' ', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        do status = vw_deepdub_turn_write(told->turn, text, VW_NO_TIMEOUT);
        while (status == VW_OK);
        CHECK(status == VW_ERR_TIMEOUT && strcmp(vw_last_error()->field, "max_unsent_bytes") == 0);
        CHECK_STATUS(vw_deepdub_turn_end(told->turn), VW_OK);
        break;
    case FREE_TURN: CHECK_STATUS(vw_deepdub_turn_free(told->turn), VW_OK); break;
    case FREE_SESSION: CHECK_STATUS(vw_deepdub_text_session_free(told->session), VW_OK); break;
    case FREE_CLIENT: CHECK_STATUS(vw_deepdub_client_free(told->client), VW_OK); break;
    }
    return VW_CONTINUE;
}

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    told *told = user_data;
    size_t i;
    int first;
    check_thread(told);
    CHECK(told->turn != NULL); /* set before the first callback */
    CHECK(chunk->struct_size == sizeof *chunk);
    CHECK(strlen(chunk->generation_id) == (chunk->size > 0 || told->bytes > 0 ? 36 : strlen(chunk->generation_id)));
    pthread_mutex_lock(&lock);
    CHECK(told->ends == 0 && !told->forbidden);
    CHECK(chunk->index == told->chunks);
    first = ++told->chunks == 1;
    for (i = 0; i < chunk->size; i++) told->sum = told->sum * 31 + chunk->data[i];
    told->bytes += chunk->size;
    told->finals += chunk->is_final;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return first ? act(told, told->at_chunk) : VW_CONTINUE;
}

static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    told *told = user_data;
    check_thread(told);
    CHECK(end->struct_size == sizeof *end && end->result != NULL);
    CHECK((end->status == VW_OK) == (end->error == NULL));
    CHECK(strlen(end->result->generation_id) == 36 || end->result->bytes == 0);
    if (end->error != NULL) CHECK(end->error->status == end->status && end->error->description[0] != '\0');
    act(told, told->at_end);
    pthread_mutex_lock(&lock);
    CHECK(told->ends == 0);
    told->ends++;
    told->status = end->status;
    told->result = *end->result;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static vw_deepdub_client *client_for(const char *streaming_url) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    if (streaming_url != NULL) config.streaming_url = streaming_url;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    return client;
}

static vw_deepdub_text_config config_for(const char *voice) {
    vw_deepdub_text_config config;
    CHECK_STATUS(vw_deepdub_text_config_init(&config), VW_OK);
    CHECK(config.format == VW_FORMAT_S16LE && config.sample_rate == 16000);
    config.voice_prompt_id = voice;
    return config;
}

static vw_deepdub_text_session *open_with(vw_deepdub_client *client, vw_delivery delivery, const char *voice,
                                          size_t max_unsent_bytes) {
    vw_deepdub_text_config config = config_for(voice);
    vw_deepdub_text_session_options options;
    vw_deepdub_text_session *session = NULL;
    CHECK_STATUS(vw_deepdub_text_session_options_init(&options), VW_OK);
    CHECK(options.max_unsent_bytes == 65536 && options.keep_alive_ms == 20000);
    options.delivery = delivery;
    options.max_unsent_bytes = max_unsent_bytes;
    CHECK_STATUS(vw_deepdub_text_session_open(client, &config, &options, &session), VW_OK);
    return session;
}

static told fresh(vw_deepdub_client *client, vw_deepdub_text_session *session, vw_delivery delivery) {
    told told;
    memset(&told, 0, sizeof told);
    told.client = client;
    told.session = session;
    told.delivery = delivery;
    return told;
}

static vw_deepdub_turn_options options_for(told *told) {
    vw_deepdub_turn_options options;
    CHECK_STATUS(vw_deepdub_turn_options_init(&options), VW_OK);
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = told;
    return options;
}

static void begin(told *told) {
    vw_deepdub_turn_options options = options_for(told);
    CHECK_STATUS(vw_deepdub_text_session_begin_turn(told->session, &options, &told->turn), VW_OK);
}

static void write_text(told *told, const char *text) {
    CHECK_STATUS(vw_deepdub_turn_write(told->turn, text, LONG), VW_OK);
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

/* A whole turn. */
static told speak(vw_deepdub_text_session *session, vw_delivery delivery, const char *const *pieces) {
    told told = fresh(NULL, session, delivery);
    begin(&told);
    for (; *pieces != NULL; pieces++) write_text(&told, *pieces);
    CHECK_STATUS(vw_deepdub_turn_end(told.turn), VW_OK);
    await_end(&told, VW_OK);
    CHECK(told.finals == 1 && told.bytes > 0 && told.result.bytes == told.bytes);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
    return told;
}

static void how_the_text_was_cut_makes_no_difference(vw_deepdub_client *client, vw_delivery delivery) {
    const char *const whole[] = {"Hello there. How are you?", NULL};
    const char *const cut[] = {"Hel", "lo th", "ere.", "", " Ho", "w are you", "?", NULL};
    vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 65536);
    vw_session_state state = -7;
    told one, other;
    CHECK_STATUS(vw_session_wait_ready(session, LONG), VW_OK);
    CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
    CHECK(state == VW_SESSION_READY);
    one = speak(session, delivery, whole);
    other = speak(session, delivery, cut);
    CHECK(one.bytes == other.bytes && one.sum == other.sum);
    CHECK(strcmp(one.result.generation_id, other.result.generation_id) != 0);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void audio_comes_before_the_text_is_complete(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 65536);
    told told = fresh(client, session, delivery);
    vw_deepdub_tts_result result;
    int32_t is_ended = -7;
    CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
    begin(&told);
    CHECK_STATUS(vw_deepdub_turn_get_result(told.turn, &result), VW_OK);
    CHECK(result.generation_id[0] == '\0' && result.bytes == 0);
    write_text(&told, "The first sentence. And then");
    await(&told, 1, 0);
    CHECK_STATUS(vw_deepdub_turn_is_ended(told.turn, &is_ended), VW_OK);
    CHECK(is_ended == 0 && told.ends == 0);
    write_text(&told, " the second.");
    CHECK_STATUS(vw_deepdub_turn_end(told.turn), VW_OK);
    await_end(&told, VW_OK);
    CHECK_STATUS(vw_deepdub_turn_is_ended(told.turn, &is_ended), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_get_result(told.turn, &result), VW_OK);
    CHECK(is_ended == 1 && memcmp(&result, &told.result, sizeof result) == 0 && strlen(result.generation_id) == 36);
    CHECK_STATUS(vw_deepdub_turn_write(told.turn, "more", LONG), VW_ERR_CLOSED);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void *cancel_turn(void *turn) {
    CHECK_STATUS(vw_deepdub_turn_cancel(turn), VW_OK);
    return NULL;
}

static void after_barge_in_the_next_turn_is_whole(vw_deepdub_client *client, vw_delivery delivery) {
    const char *const answer[] = {"Yes.", NULL};
    vw_deepdub_text_session *session = open_with(client, delivery, SLOW, 65536);
    told quiet = speak(session, delivery, answer);
    int way;
    for (way = 0; way < 6; way++) {
        told told = fresh(client, session, delivery), next;
        vw_cancel *cancel = NULL;
        pthread_t thread;
        if (way == 3) told.at_chunk = CANCEL;
        if (way == 4) told.at_chunk = STOP;
        if (way == 5) {
            vw_deepdub_turn_options options = options_for(&told);
            CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
            options.cancel = cancel;
            CHECK_STATUS(vw_deepdub_text_session_begin_turn(session, &options, &told.turn), VW_OK);
        } else {
            begin(&told);
        }
        write_text(&told, STORY);
        if (way != 0) await(&told, 1, 0);
        if (way == 2) {
            CHECK(pthread_create(&thread, NULL, cancel_turn, told.turn) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
        } else if (way == 5) {
            CHECK_STATUS(vw_cancel_now(cancel), VW_OK);
        } else if (way < 2) {
            CHECK_STATUS(vw_deepdub_turn_cancel(told.turn), VW_OK);
        }
        if (way < 3) {
            pthread_mutex_lock(&lock);
            told.forbidden = 1;
            pthread_mutex_unlock(&lock);
            CHECK_STATUS(vw_deepdub_turn_write(told.turn, "more", LONG), VW_ERR_CANCELLED);
        }
        next = speak(session, delivery, answer);
        await_end(&told, VW_ERR_CANCELLED);
        CHECK(next.bytes == quiet.bytes && next.sum == quiet.sum);
        CHECK_STATUS(vw_deepdub_turn_write(told.turn, "more", LONG), VW_ERR_CANCELLED);
        CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
        CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    }
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void voices_switch_in_the_middle_and_between_turns(vw_deepdub_client *client, vw_delivery delivery) {
    const char *const morning[] = {"Good morning.", NULL};
    vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 65536);
    vw_deepdub_text_config config = config_for(OTHER);
    told one = speak(session, delivery, morning), other, again;
    told both[3];
    char tag[128];
    int i;
    CHECK_STATUS(vw_deepdub_text_session_configure(session, &config), VW_OK);
    other = speak(session, delivery, morning);
    CHECK(other.sum != one.sum);
    config = config_for(VOICE);
    CHECK_STATUS(vw_deepdub_text_session_configure(session, &config), VW_OK);
    again = speak(session, delivery, morning);
    CHECK(again.sum == one.sum && again.bytes == one.bytes);
    CHECK_STATUS(vw_deepdub_config_tag(NULL, OTHER, tag, sizeof tag, NULL), VW_OK);
    for (i = 0; i < 3; i++) {
        both[i] = fresh(client, session, delivery);
        begin(&both[i]);
        write_text(&both[i], "Good morning.");
        if (i == 0) CHECK_STATUS(vw_deepdub_turn_switch(both[i].turn, NULL, OTHER, LONG), VW_OK);
        else if (i == 1) write_text(&both[i], tag);
        write_text(&both[i], "Good morning.");
        CHECK_STATUS(vw_deepdub_turn_end(both[i].turn), VW_OK);
        await_end(&both[i], VW_OK);
        CHECK_STATUS(vw_deepdub_turn_free(both[i].turn), VW_OK);
    }
    CHECK(both[0].bytes == one.bytes + other.bytes);
    CHECK(both[0].sum == both[1].sum && both[0].sum != both[2].sum);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void a_ping_is_answered_while_a_turn_is_spoken(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_text_session *session = open_with(client, delivery, SLOW, 65536);
    told told = fresh(client, session, delivery);
    double ms = -7;
    CHECK_STATUS(vw_session_wait_ready(session, LONG), VW_OK);
    begin(&told);
    write_text(&told, STORY);
    await(&told, 1, 0);
    CHECK_STATUS(vw_deepdub_text_session_ping(session, LONG, &ms), VW_OK);
    CHECK(ms > 0 && ms < LONG);
    CHECK_STATUS(vw_deepdub_text_session_ping(session, VW_NO_TIMEOUT, NULL), VW_OK);
    ms = -7;
    /* Too little time for an answer, unless this thread was held up meanwhile; and what was not measured is not set. */
    if (vw_deepdub_text_session_ping(session, 0, &ms) == VW_OK) {
        CHECK(ms > 0);
    } else {
        CHECK_STATUS(vw_last_error()->status, VW_ERR_TIMEOUT);
        CHECK(ms == -7 && strcmp(vw_last_error()->field, "timeout_ms") == 0);
    }
    /* Freed in the middle, its handle after the session's. */
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
    CHECK(told.ends == 1 && told.status == VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_turn_write(told.turn, "more", LONG), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_turn_cancel(told.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
}

static void a_paused_turn_goes_on_when_it_is_resumed(vw_deepdub_client *client, vw_delivery delivery) {
    const char *const story[] = {STORY, NULL};
    vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 65536);
    told whole = speak(session, delivery, story), paused = fresh(client, session, delivery);
    paused.at_chunk = PAUSE;
    begin(&paused);
    write_text(&paused, STORY);
    CHECK_STATUS(vw_deepdub_turn_end(paused.turn), VW_OK);
    await(&paused, 1, 0);
    sleep_ms(100);
    if (delivery == VW_DELIVERY_POLL) CHECK_STATUS(vw_session_poll(session, 0), VW_OK);
    pthread_mutex_lock(&lock);
    CHECK(paused.chunks == 1 && paused.ends == 0);
    pthread_mutex_unlock(&lock);
    CHECK_STATUS(vw_deepdub_turn_resume(paused.turn), VW_OK);
    await_end(&paused, VW_OK);
    CHECK(paused.bytes == whole.bytes && paused.sum == whole.sum);
    CHECK_STATUS(vw_deepdub_turn_free(paused.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

/* Where somebody listens, and nobody answers. */
static int listener(char *url, size_t size) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(server >= 0 && bind(server, (struct sockaddr *)&address, sizeof address) == 0 && listen(server, 8) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "ws://127.0.0.1:%d/ws", ntohs(address.sin_port));
    return server;
}

static void *write_without_end(void *turn) {
    static vw_status status;
    status = vw_deepdub_turn_write(turn, "waits", VW_NO_TIMEOUT);
    return &status;
}

static void a_write_waits_for_room_no_longer_than_it_may(vw_delivery delivery) {
    const vw_status expected[] = {VW_ERR_CANCELLED, VW_ERR_CANCELLED, VW_ERR_CANCELLED, VW_ERR_CLOSED};
    char url[64];
    int server = listener(url, sizeof url), way;
    for (way = 0; way < 4; way++) {
        vw_deepdub_client *client = client_for(url);
        vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 10);
        told told = fresh(client, session, delivery);
        pthread_t writer;
        void *status = NULL;
        double before;
        begin(&told);
        CHECK_STATUS(vw_deepdub_turn_write(told.turn, "longer than all the room", 0), VW_OK);
        CHECK_STATUS(vw_deepdub_turn_write(told.turn, "!", 0), VW_ERR_TIMEOUT);
        CHECK(strcmp(vw_last_error()->field, "max_unsent_bytes") == 0);
        before = now_ms();
        CHECK_STATUS(vw_deepdub_turn_switch(told.turn, "fr-FR", NULL, 50), VW_ERR_TIMEOUT);
        CHECK(now_ms() - before >= 49 && now_ms() - before < LONG / 4);
        /* One that waits without end is woken by whatever ends the turn. */
        CHECK(pthread_create(&writer, NULL, write_without_end, told.turn) == 0);
        sleep_ms(20);
        if (way == 0) CHECK_STATUS(vw_deepdub_turn_cancel(told.turn), VW_OK);
        if (way == 1) CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
        if (way == 2) CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
        if (way == 3) CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
        CHECK(pthread_join(writer, &status) == 0);
        /* It may not have come to wait before. */
        CHECK(*(vw_status *)status == expected[way] || *(vw_status *)status == VW_ERR_INVALID_ARGUMENT);
        if (way != 3) CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
        if (way != 1) CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
        if (way != 2) CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
        CHECK(told.ends == 1 && told.status == VW_ERR_CANCELLED);
    }
    close(server);
}

static void handles_may_go_in_callbacks(vw_delivery delivery) {
    const deed deeds[] = {FREE_TURN, FREE_SESSION, FREE_CLIENT, WRITE};
    int i;
    for (i = 0; i < 7; i++) {
        deed deed = deeds[i % 4];
        vw_deepdub_client *client = client_for(NULL);
        vw_deepdub_text_session *session = open_with(client, delivery, SLOW, 4096);
        told told = fresh(client, session, delivery), other = told;
        int cut_off = i < 4 && (deed == FREE_SESSION || deed == FREE_CLIENT);
        if (i < 4) told.at_chunk = deed;
        else told.at_end = deed;
        begin(&told);
        begin(&other);
        write_text(&other, "After that.");
        CHECK_STATUS(vw_deepdub_turn_end(other.turn), VW_OK);
        write_text(&told, STORY);
        if (i >= 4) CHECK_STATUS(vw_deepdub_turn_end(told.turn), VW_OK);
        await_end(&told, cut_off ? VW_ERR_CANCELLED : VW_OK);
        if (deed == FREE_SESSION) {
            if (delivery == VW_DELIVERY_IO_THREAD) await(&other, 0, 1);
            CHECK_REFUSED(vw_session_poll(session, 0), "vw_deepdub_session");
        } else {
            await(&other, 0, 1);
            CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
        }
        CHECK(other.ends == 1);
        CHECK(other.status == (deed == FREE_SESSION || deed == FREE_CLIENT ? VW_ERR_CANCELLED : VW_OK));
        if (deed == FREE_TURN) CHECK_REFUSED(vw_deepdub_turn_end(told.turn), "vw_deepdub_turn");
        else CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
        CHECK_STATUS(vw_deepdub_turn_free(other.turn), VW_OK);
        if (deed == FREE_CLIENT) CHECK_REFUSED(vw_deepdub_client_free(client), "vw_deepdub_client");
        else CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    }
}

/* Freeing a turn ends its text; its audio goes on. */
static void a_freed_turn_is_spoken_to_its_end(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_text_session *session = open_with(client, delivery, VOICE, 65536);
    told turns[3];
    int i;
    for (i = 0; i < 3; i++) {
        turns[i] = fresh(client, session, delivery);
        begin(&turns[i]);
        write_text(&turns[i], "It is said");
        CHECK_STATUS(vw_deepdub_turn_free(turns[i].turn), VW_OK);
        CHECK_REFUSED(vw_deepdub_turn_write(turns[i].turn, "x", 0), "vw_deepdub_turn");
    }
    for (i = 0; i < 3; i++) {
        await_end(&turns[i], VW_OK);
        CHECK(turns[i].bytes > 0 && turns[i].sum == turns[0].sum);
    }
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void a_freed_client_leaves_a_session_that_is_closed(vw_delivery delivery) {
    vw_deepdub_client *client = client_for(NULL);
    vw_deepdub_text_session *session = open_with(client, delivery, SLOW, 65536);
    told told = fresh(client, session, delivery), refused = told;
    vw_deepdub_turn_options options = options_for(&refused);
    vw_deepdub_text_config config = config_for(OTHER);
    vw_session_state state = -7;
    double ms = -7;
    begin(&told);
    write_text(&told, STORY);
    await(&told, 1, 0);
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    await_end(&told, VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_turn_write(told.turn, "x", VW_NO_TIMEOUT), VW_ERR_CANCELLED);
    CHECK_STATUS(vw_deepdub_text_session_begin_turn(session, &options, &refused.turn), VW_ERR_CLOSED);
    CHECK(refused.turn == NULL && refused.ends == 0);
    CHECK_STATUS(vw_deepdub_text_session_configure(session, &config), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_ping(session, VW_NO_TIMEOUT, &ms), VW_ERR_CLOSED);
    CHECK_STATUS(vw_session_get_state(session, &state), VW_OK);
    CHECK(state == VW_SESSION_CLOSED && ms == -7);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void the_service_s_refusal_ends_the_turn_and_not_the_session(vw_deepdub_client *client, vw_delivery delivery) {
    const char *const answer[] = {"Yes.", NULL};
    vw_deepdub_text_session *session = open_with(client, delivery, "fault:error=InsufficientCredits", 65536);
    vw_deepdub_text_config config = config_for(VOICE);
    told told = fresh(client, session, delivery);
    begin(&told);
    write_text(&told, STORY);
    await_end(&told, VW_ERR_INSUFFICIENT_CREDITS);
    CHECK_STATUS(vw_deepdub_turn_write(told.turn, "x", LONG), VW_ERR_INSUFFICIENT_CREDITS);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_configure(session, &config), VW_OK);
    speak(session, delivery, answer);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
}

static void tags_are_made_to_measure(void) {
    char tag[128];
    size_t needed = 0;
    CHECK_STATUS(vw_deepdub_config_tag("es-MX", NULL, NULL, 0, &needed), VW_OK);
    CHECK(needed == 26);
    CHECK_STATUS(vw_deepdub_config_tag("es-MX", NULL, tag, needed, &needed), VW_OK);
    CHECK(strcmp(tag, "<config locale=\"es-MX\" />") == 0 && needed == 26);
    CHECK_STATUS(vw_deepdub_config_tag("a\"/>&<", "it's\n", tag, sizeof tag, NULL), VW_OK);
    CHECK(strcmp(tag, "<config locale=\"a&quot;/&gt;&amp;&lt;\" voicePromptId=\"it&apos;s \" />") == 0);
    CHECK_STATUS(vw_deepdub_config_tag(NULL, NULL, tag, 1, &needed), VW_OK);
    CHECK(tag[0] == '\0' && needed == 1);
}

/* The other side of a fork has handles, and no thread. */
static void a_forked_process_finds_its_sessions_closed(vw_deepdub_client *client, vw_delivery delivery) {
    vw_deepdub_text_session *session = open_with(client, delivery, SLOW, 65536);
    told told = fresh(client, session, delivery);
    pid_t child;
    int how = 0;
    begin(&told);
    write_text(&told, STORY);
    await(&told, 1, 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        vw_deepdub_turn_options options = options_for(&told);
        vw_deepdub_text_config config = config_for(OTHER);
        vw_deepdub_turn *turn = NULL;
        vw_deepdub_tts_result result;
        int32_t is_ended = 0;
        CHECK_STATUS(vw_deepdub_tts_result_init(&result), VW_OK);
        CHECK_STATUS(vw_session_poll(session, VW_NO_TIMEOUT), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_text_session_configure(session, &config), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_text_session_ping(session, VW_NO_TIMEOUT, NULL), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_text_session_begin_turn(session, &options, &turn), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_turn_write(told.turn, "x", VW_NO_TIMEOUT), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_turn_end(told.turn), VW_OK);
        CHECK_STATUS(vw_deepdub_turn_cancel(told.turn), VW_OK);
        CHECK_STATUS(vw_deepdub_turn_resume(told.turn), VW_OK);
        CHECK_STATUS(vw_deepdub_turn_is_ended(told.turn, &is_ended), VW_OK);
        CHECK(is_ended == 1);
        CHECK_STATUS(vw_deepdub_turn_get_result(told.turn, &result), VW_ERR_CLOSED);
        CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
        CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
        CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
        /* At once: what the thread that is not here had is not this process's to free. */
        raise(SIGKILL);
    }
    CHECK(waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    CHECK_STATUS(vw_deepdub_turn_end(told.turn), VW_OK);
    await_end(&told, VW_OK);
    CHECK_STATUS(vw_deepdub_turn_free(told.turn), VW_OK);
    CHECK_STATUS(vw_deepdub_text_session_free(session), VW_OK);
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
    vw_deepdub_client *client = client_for(NULL);
    int i;
    main_thread = pthread_self();
    for (i = 0; i < 2; i++) {
        vw_delivery delivery = deliveries[i];
        how_the_text_was_cut_makes_no_difference(client, delivery);
        audio_comes_before_the_text_is_complete(client, delivery);
        after_barge_in_the_next_turn_is_whole(client, delivery);
        voices_switch_in_the_middle_and_between_turns(client, delivery);
        a_ping_is_answered_while_a_turn_is_spoken(client, delivery);
        a_paused_turn_goes_on_when_it_is_resumed(client, delivery);
        a_write_waits_for_room_no_longer_than_it_may(delivery);
        handles_may_go_in_callbacks(delivery);
        a_freed_turn_is_spoken_to_its_end(client, delivery);
        a_freed_client_leaves_a_session_that_is_closed(delivery);
        the_service_s_refusal_ends_the_turn_and_not_the_session(client, delivery);
        a_forked_process_finds_its_sessions_closed(client, delivery);
    }
    tags_are_made_to_measure();
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    await_threads();
    printf("%d checks\n", checks);
    return 0;
}
