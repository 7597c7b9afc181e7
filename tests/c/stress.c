/* Sessions, lines, turns and clients opened, used, cancelled, paused, polled and freed by several threads at once, and from
 * inside callbacks, against a service that drops, delays and garbles: whatever happens, each line ends once, and nothing
 * comes after its end or after a cancel has returned.
 *
 *     stress LINES */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define MOST 30  /* lines of one session */
#define LONG 120 /* s: longer than anything takes, unless it hangs */

/* What goes wrong, and how often it does not. */
static const char *const WAYS[] = {
    "plain", "plain", "plain", "plain", "plain", "plain", "plain",
    "fault:first-chunk-delay=3",
    "fault:chunk-delay=1",
    "fault:swap=1,duplicate=2",
    "fault:swap=0,drop,after=1",
    "fault:binary,escape,extra,fragment",
    "fault:drop",
    "fault:drop,after=1",
    "fault:reset,after=2",
    "fault:close=1011,after=1",
    "fault:error=InvalidInput",
    "fault:error=Server,anonymous",
    "fault:bad-json,after=1",
    "fault:bad-base64",
    "fault:gap=1",
};
static const char *const TEXTS[] = {"Yes.", "Come here, now.", "And then there was nothing more to say."};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static unsigned long wanted, done;

/* Numbers that are the same for each run, and look like none. */
typedef struct dice {
    uint64_t state;
} dice;

static size_t below(dice *dice, size_t limit) {
    dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(dice->state >> 33) % limit;
}

static int one_in(dice *dice, size_t many) { return below(dice, many) == 0; }

/* Atomic, without <stdatomic.h>, which C99 has not. */
#define GET(place) __atomic_load_n(&(place), __ATOMIC_SEQ_CST)
#define SET(place, value) __atomic_store_n(&(place), value, __ATOMIC_SEQ_CST)
#define SWAP(place, value) __atomic_exchange_n(&(place), value, __ATOMIC_SEQ_CST)
#define ADD(place, value) __atomic_add_fetch(&(place), value, __ATOMIC_SEQ_CST)

/* What a callback does. */
typedef enum deed { GO_ON, STOP, PAUSE, CANCEL, FREE_LINE, FREE_SESSION, FREE_CLIENT, FREE_ANY } deed;

/* A session of either kind. */
typedef struct life {
    vw_deepdub_client *client;
    void *session;
    int of_text; /* a vw_deepdub_text_session, and its lines are turns */
    vw_delivery delivery;
    vw_cancel *cancel;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t ended;        /* lines; under the lock */
    int helped;          /* another thread is at it */
    dice dice;           /* the other thread's */
    size_t count;        /* lines that have begun */
    struct fate *fates;  /* MOST */
} life;

/* What is known of one line; its user_data. */
typedef struct fate {
    life *life;
    void *line; /* a vw_deepdub_line or a vw_deepdub_turn */
    deed deed;
    uint64_t at_chunk; /* it is done; at the end where there is none */
    uint64_t next;
    int ends, cancelled, paused;
} fate;

/* Somebody's session, which may be freed by anybody: even, or with its lowest bit set one of text. */
static uintptr_t anyones;

static vw_status free_session(void *session, int of_text) {
    return of_text ? vw_deepdub_text_session_free(session) : vw_deepdub_session_free(session);
}

static vw_status cancel(const fate *fate) {
    return fate->life->of_text ? vw_deepdub_turn_cancel(fate->line) : vw_deepdub_line_cancel(fate->line);
}

static vw_status resume(const fate *fate) {
    return fate->life->of_text ? vw_deepdub_turn_resume(fate->line) : vw_deepdub_line_resume(fate->line);
}

static vw_status free_line(const fate *fate) {
    return fate->life->of_text ? vw_deepdub_turn_free(fate->line) : vw_deepdub_line_free(fate->line);
}

/* What somebody else may have freed. */
#define CHECK_FREED_BY_SOMEBODY(call)                                                                                  \
    do {                                                                                                               \
        vw_status freed_ = (call);                                                                                     \
        CHECK(freed_ == VW_OK || freed_ == VW_ERR_INVALID_ARGUMENT);                                                   \
    } while (0)

static void free_anyones(void) {
    /* Handles are odd. The type is kept beside, in the bit above all others. */
    const uintptr_t text = ~(UINTPTR_MAX >> 1);
    uintptr_t session = SWAP(anyones, 0);
    if (session != 0) CHECK_FREED_BY_SOMEBODY(free_session((void *)(session & ~text), (session & text) != 0));
}

static void offer_to_anyone(const life *life) {
    SET(anyones, (uintptr_t)life->session | (life->of_text ? ~(UINTPTR_MAX >> 1) : 0));
}

static int32_t act(fate *fate) {
    switch (fate->deed) {
    case GO_ON: break;
    case STOP: SET(fate->cancelled, 1); return VW_STOP;
    case PAUSE:
        if (GET(fate->ends)) break;
        SET(fate->paused, 1);
        return VW_PAUSE;
    case CANCEL: {
        vw_status status = cancel(fate);
        CHECK(status == VW_OK || status == VW_ERR_INVALID_ARGUMENT);
        if (status == VW_OK) SET(fate->cancelled, 1);
        break;
    }
    case FREE_LINE: CHECK_FREED_BY_SOMEBODY(free_line(fate)); break;
    case FREE_SESSION: CHECK_FREED_BY_SOMEBODY(free_session(fate->life->session, fate->life->of_text)); break;
    case FREE_CLIENT: CHECK_FREED_BY_SOMEBODY(vw_deepdub_client_free(fate->life->client)); break;
    case FREE_ANY: free_anyones(); break;
    }
    return VW_CONTINUE;
}

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    fate *fate = user_data;
    int now = chunk->index == fate->at_chunk;
    unsigned char last = 0;
    CHECK(!GET(fate->cancelled) && !GET(fate->ends));
    CHECK(chunk->index == fate->next);
    fate->next++;
    /* All of it is there. */
    if (chunk->size > 0) last = chunk->data[chunk->size - 1];
    CHECK(chunk->size > 0 || chunk->is_final || last == 1);
    return now ? act(fate) : VW_CONTINUE;
}

static void on_end(const vw_deepdub_line_end *end, void *user_data) {
    fate *fate = user_data;
    life *life = fate->life;
    CHECK((end->status == VW_OK) == (end->error == NULL));
    CHECK(end->result->chunks <= fate->next || end->status != VW_OK);
    if (fate->at_chunk == UINT64_MAX) act(fate);
    CHECK(ADD(fate->ends, 1) == 1);
    pthread_mutex_lock(&life->lock);
    life->ended++;
    pthread_cond_broadcast(&life->changed);
    pthread_mutex_unlock(&life->lock);
}

static void on_state(const vw_session_state_change *change, void *user_data) {
    CHECK(user_data == NULL && (change->state == VW_SESSION_LOST || change->error == NULL));
}

static void any_deed(fate *fate, dice *dice) {
    const deed deeds[] = {STOP, STOP, PAUSE, PAUSE, PAUSE, CANCEL, CANCEL, FREE_LINE, FREE_ANY, FREE_ANY};
    fate->deed = one_in(dice, 4) ? deeds[below(dice, COUNT_OF(deeds))] : GO_ON;
    if (one_in(dice, 200)) fate->deed = FREE_SESSION;
    if (one_in(dice, 500)) fate->deed = FREE_CLIENT;
    fate->at_chunk = one_in(dice, 4) ? UINT64_MAX : below(dice, 3);
    /* The end cannot be paused. */
    if (fate->at_chunk == UINT64_MAX && fate->deed == PAUSE) fate->deed = GO_ON;
}

/* Begun, or refused because of what somebody has freed meanwhile. */
static int has_begun(vw_status status) {
    if (status != VW_OK && status != VW_ERR_CLOSED) CHECK_STATUS(status, VW_ERR_INVALID_ARGUMENT);
    return status == VW_OK;
}

static int begin_line(life *life, fate *fate, dice *dice) {
    vw_deepdub_tts_request request;
    vw_deepdub_line_options options;
    CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
    request.text = TEXTS[below(dice, COUNT_OF(TEXTS))];
    request.voice_prompt_id = WAYS[below(dice, COUNT_OF(WAYS))];
    request.format = VW_FORMAT_S16LE;
    request.sample_rate = 16000;
    request.seed = 7;
    if (one_in(dice, 8)) request.cancel = life->cancel;
    CHECK_STATUS(vw_deepdub_line_options_init(&options), VW_OK);
    options.front = one_in(dice, 4) ? VW_ON : VW_OFF;
    options.resume = one_in(dice, 3) ? VW_ON : VW_OFF;
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = fate;
    return has_begun(vw_deepdub_session_speak(life->session, &request, &options, (vw_deepdub_line **)&fate->line));
}

/* With its text. */
static int begin_turn(life *life, fate *fate, dice *dice) {
    vw_deepdub_text_config config;
    vw_deepdub_turn_options options;
    vw_status status;
    size_t pieces = below(dice, 5);
    CHECK_STATUS(vw_deepdub_text_config_init(&config), VW_OK);
    config.voice_prompt_id = WAYS[below(dice, COUNT_OF(WAYS))];
    status = vw_deepdub_text_session_configure(life->session, &config);
    CHECK(status == VW_OK || status == VW_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(vw_deepdub_turn_options_init(&options), VW_OK);
    if (one_in(dice, 8)) options.cancel = life->cancel;
    options.on_chunk = on_chunk;
    options.on_end = on_end;
    options.user_data = fate;
    status = vw_deepdub_text_session_begin_turn(life->session, &options, (vw_deepdub_turn **)&fate->line);
    if (!has_begun(status)) return 0;
    /* Ends well, or with whatever the turn ends with; never late, and never not at all. */
    for (; pieces > 0 && status == VW_OK; pieces--) {
        const char *text = TEXTS[below(dice, COUNT_OF(TEXTS))];
        status = vw_deepdub_turn_write(fate->line, text, one_in(dice, 2) ? VW_NO_TIMEOUT : 1);
        if (status == VW_ERR_TIMEOUT) status = VW_OK;
        if (one_in(dice, 4)) vw_deepdub_turn_switch(fate->line, "fr-FR", NULL, VW_NO_TIMEOUT);
    }
    if (fate->deed != PAUSE && one_in(dice, 6)) CHECK_FREED_BY_SOMEBODY(free_line(fate));
    else CHECK_FREED_BY_SOMEBODY(vw_deepdub_turn_end(fate->line));
    return 1;
}

static void open_session(life *life, dice *dice) {
    vw_deepdub_session_options options;
    vw_deepdub_text_session_options text_options;
    vw_deepdub_text_config config;
    vw_status status;
    if (life->of_text) {
        CHECK_STATUS(vw_deepdub_text_config_init(&config), VW_OK);
        config.voice_prompt_id = "plain";
        CHECK_STATUS(vw_deepdub_text_session_options_init(&text_options), VW_OK);
        text_options.delivery = life->delivery;
        text_options.max_unsent_bytes = 1 + below(dice, 100);
        text_options.on_state = on_state;
        status = vw_deepdub_text_session_open(life->client, &config, &text_options,
                                              (vw_deepdub_text_session **)&life->session);
    } else {
        CHECK_STATUS(vw_deepdub_session_options_init(&options), VW_OK);
        options.max_running = 1 + (uint32_t)below(dice, 8);
        options.delivery = life->delivery;
        options.on_state = on_state;
        status = vw_deepdub_session_open(life->client, &options, (vw_deepdub_session **)&life->session);
    }
    if (status != VW_OK && status != VW_ERR_INVALID_ARGUMENT) CHECK_STATUS(status, VW_ERR_CLOSED);
}

/* The other thread: cancels, frees and polls what the first one speaks. */
static void *help(void *user_data) {
    life *life = user_data;
    dice *dice = &life->dice;
    size_t i;
    for (i = 0; i < life->count; i++) {
        fate *fate = &life->fates[i];
        if (one_in(dice, 6)) {
            vw_status status = cancel(fate);
            CHECK(status == VW_OK || status == VW_ERR_INVALID_ARGUMENT);
            if (status == VW_OK) SET(fate->cancelled, 1);
        }
        /* What is paused has to be resumed by somebody. */
        if (fate->deed != PAUSE && one_in(dice, 10)) CHECK_FREED_BY_SOMEBODY(free_line(fate));
        if (life->delivery == VW_DELIVERY_POLL && one_in(dice, 4)) vw_session_poll(life->session, 1);
        if (life->of_text && one_in(dice, 8)) vw_deepdub_text_session_ping(life->session, 1000, NULL);
    }
    if (one_in(dice, 4)) CHECK_STATUS(vw_cancel_now(life->cancel), VW_OK);
    if (one_in(dice, 20)) CHECK_FREED_BY_SOMEBODY(free_session(life->session, life->of_text));
    if (one_in(dice, 20)) CHECK_FREED_BY_SOMEBODY(vw_deepdub_client_free(life->client));
    return NULL;
}

/* Waits for the ends of so many lines, polling where nobody else calls back, and resumes what is paused. */
static void await(life *life, size_t count) {
    time_t late = time(NULL) + LONG;
    for (;;) {
        struct timespec moment;
        size_t i;
        int all;
        for (i = 0; i < life->count; i++) {
            if (SWAP(life->fates[i].paused, 0)) CHECK_FREED_BY_SOMEBODY(resume(&life->fates[i]));
        }
        if (life->delivery == VW_DELIVERY_POLL) {
            vw_status status = vw_session_poll(life->session, 1);
            CHECK(status == VW_OK || status == VW_ERR_CLOSED || status == VW_ERR_INVALID_ARGUMENT);
        }
        pthread_mutex_lock(&life->lock);
        clock_gettime(CLOCK_REALTIME, &moment);
        moment.tv_nsec += 1000000;
        if (moment.tv_nsec >= 1000000000) moment.tv_sec++, moment.tv_nsec -= 1000000000;
        all = life->ended >= count;
        if (!all && life->delivery == VW_DELIVERY_IO_THREAD) {
            pthread_cond_timedwait(&life->changed, &life->lock, &moment);
        }
        pthread_mutex_unlock(&life->lock);
        if (all) return;
        CHECK(time(NULL) < late);
    }
}

/* One session, from its opening to its end; how many lines it had. */
static size_t live(vw_deepdub_client *client, dice *dice) {
    life life;
    pthread_t helper;
    size_t i, most = 1 + below(dice, MOST);
    vw_status status;
    memset(&life, 0, sizeof life);
    life.client = client;
    life.of_text = one_in(dice, 4);
    life.delivery = one_in(dice, 2) ? VW_DELIVERY_POLL : VW_DELIVERY_IO_THREAD;
    life.dice.state = dice->state ^ 0x5555;
    life.fates = calloc(MOST, sizeof *life.fates);
    CHECK(life.fates != NULL);
    CHECK(pthread_mutex_init(&life.lock, NULL) == 0 && pthread_cond_init(&life.changed, NULL) == 0);
    CHECK_STATUS(vw_cancel_new(&life.cancel), VW_OK);
    open_session(&life, dice);
    if (life.of_text && most > 8) most = 8; /* one after the other */
    while (life.session != NULL && life.count < most) {
        fate *fate = &life.fates[life.count];
        fate->life = &life;
        any_deed(fate, dice);
        if (!(life.of_text ? begin_turn(&life, fate, dice) : begin_line(&life, fate, dice))) break;
        life.count++;
    }
    if (life.session != NULL && one_in(dice, 6)) offer_to_anyone(&life);
    CHECK(pthread_create(&helper, NULL, help, &life) == 0);
    /* Sometimes it is left before all is said. */
    await(&life, one_in(dice, 4) ? below(dice, life.count + 1) : life.count);
    status = free_session(life.session, life.of_text);
    CHECK(status == VW_OK || status == VW_ERR_INVALID_ARGUMENT);
    /* Who frees a session is told of every end before; who finds it freed waits for whoever does that. */
    for (i = 0; i < life.count && status == VW_OK && life.session != NULL; i++) CHECK(GET(life.fates[i].ends) == 1);
    CHECK(pthread_join(helper, NULL) == 0);
    await(&life, life.count);
    for (i = 0; i < life.count; i++) {
        CHECK_FREED_BY_SOMEBODY(free_line(&life.fates[i]));
        CHECK(GET(life.fates[i].ends) == 1);
    }
    CHECK_STATUS(vw_cancel_free(life.cancel), VW_OK);
    pthread_mutex_destroy(&life.lock);
    pthread_cond_destroy(&life.changed);
    free(life.fates);
    return life.count;
}

static void *work(void *user_data) {
    dice dice;
    dice.state = (uint64_t)(uintptr_t)user_data;
    while (GET(done) < wanted) {
        vw_deepdub_config config = sandbox_config();
        vw_deepdub_client *client = NULL;
        size_t lives = 1 + below(&dice, 8);
        config.total_timeout_ms = 60000;
        config.first_chunk_timeout_ms = 5000;
        /* A line whose last chunk was lost to a fault must not take long to be found out. */
        config.between_chunks_timeout_ms = 100;
        config.retries = 2;
        config.retry_first_delay_ms = 1;
        config.retry_max_delay_ms = 5;
        CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
        for (; lives > 0; lives--) ADD(done, live(client, &dice));
        CHECK_FREED_BY_SOMEBODY(vw_deepdub_client_free(client));
    }
    return NULL;
}

/* A thread that is ending still has memory. */
static void await_threads(void) {
    int left = LONG * 100;
    for (; left > 0; left--) {
        const struct timespec moment = {0, 10000000};
        char line[256];
        int count = 1;
        FILE *status = fopen("/proc/self/status", "r");
        if (status == NULL) return;
        while (fgets(line, sizeof line, status) != NULL) {
            if (strncmp(line, "Threads:", 8) == 0) count = atoi(line + 8);
        }
        fclose(status);
        if (count == 1) return;
        nanosleep(&moment, NULL);
    }
    CHECK(!"all threads end");
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS];
    size_t i;
    CHECK(argc == 2);
    wanted = strtoul(argv[1], NULL, 10);
    /* If something hangs all the same. */
    alarm(5 * LONG);
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i + 1)) == 0);
    }
    for (i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    free_anyones();
    await_threads();
    printf("%lu lines, %d checks\n", done, checks);
    return 0;
}
